/** `npm run docs:loads`: writes docs/loads.md from lab/results. */
import { join } from 'node:path'
import { repository } from '../paths.ts'
import { keptResults } from './kept.ts'
import { loadsPage } from './loads-page.ts'
import { writePage } from './write-page.ts'

process.exitCode = writePage(join(repository, 'docs', 'loads.md'), () =>
  loadsPage(keptResults('soak'), keptResults('crowd'), keptResults('workload')),
)
