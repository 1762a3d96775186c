import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { labFolder } from '../paths.ts'
import { type Results, readResults } from '../scenarios/results.ts'

const FOLDER = join(labFolder, 'results')

/** The results of lab/results/go-3038-*.json, in the order of their names. */
export function keptExchanges(): Results[] {
  const files = readdirSync(FOLDER).filter((file) => /^go-3038-.*\.json$/.test(file))
  return files.sort().map((file) => readResults(join(FOLDER, file)))
}
