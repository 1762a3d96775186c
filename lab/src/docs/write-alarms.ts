/** `npm run docs:alarms`: writes docs/false-alarms.md from lab/results. */
import { join } from 'node:path'
import { repository } from '../paths.ts'
import { alarmsPage } from './alarms-page.ts'
import { keptResults } from './kept.ts'
import { writePage } from './write-page.ts'

process.exitCode = writePage(join(repository, 'docs', 'false-alarms.md'), () =>
  alarmsPage(keptResults('healthy'), keptResults('simulator')),
)
