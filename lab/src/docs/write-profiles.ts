/** `npm run docs:profiles`: writes docs/profiles.md from the table of peers. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repository } from '../paths.ts'
import { profilesPage } from './profiles-page.ts'

await writeFile(join(repository, 'docs', 'profiles.md'), profilesPage())
