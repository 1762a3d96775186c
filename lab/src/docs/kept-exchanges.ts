import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { MissingResultsError } from '../errors.ts'
import { repository } from '../paths.ts'
import { type Results, readResults } from '../scenarios/results.ts'
import { RESULTS } from './kept.ts'

const FILE = /^go-3038-.*\.json$/

/** The results of lab/results/go-3038-*.json, in the order of their names. @throws MissingResultsError there is none */
export function keptExchanges(folder: string = RESULTS): Results[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => FILE.test(file)) : []
  if (files.length === 0) {
    const file = join(relative(repository, folder), 'go-3038-NAME.json')
    throw new MissingResultsError(file, `npm run sluice -- lab run NAME --streams 20000 --results ${file}`)
  }
  return files.sort().map((file) => readResults(join(folder, file)))
}
