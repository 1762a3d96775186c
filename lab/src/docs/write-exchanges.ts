/** `npm run docs:3038`: writes docs/go-libp2p-3038.md from lab/results. */
import { join } from 'node:path'
import { repository } from '../paths.ts'
import { exchangesPage } from './exchanges-page.ts'
import { keptExchanges } from './kept-exchanges.ts'
import { writePage } from './write-page.ts'

process.exitCode = writePage(join(repository, 'docs', 'go-libp2p-3038.md'), () => exchangesPage(keptExchanges()))
