/** `npm run docs:profiles`: writes docs/profiles.md from the table of peers. */
import { join } from 'node:path'
import { repository } from '../paths.ts'
import { profilesPage } from './profiles-page.ts'
import { writePage } from './write-page.ts'

process.exitCode = writePage(join(repository, 'docs', 'profiles.md'), () => profilesPage())
