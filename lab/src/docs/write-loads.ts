/** `npm run docs:loads`: writes docs/loads.md from lab/results. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repository } from '../paths.ts'
import { keptResults } from './kept.ts'
import { loadsPage } from './loads-page.ts'

await writeFile(
  join(repository, 'docs', 'loads.md'),
  loadsPage(keptResults('soak'), keptResults('crowd'), keptResults('workload')),
)
