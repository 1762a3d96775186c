/** `npm run docs:3038`: writes docs/go-libp2p-3038.md from lab/results. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repository } from '../paths.ts'
import { exchangesPage } from './exchanges-page.ts'
import { keptExchanges } from './kept-exchanges.ts'

await writeFile(join(repository, 'docs', 'go-libp2p-3038.md'), exchangesPage(keptExchanges()))
