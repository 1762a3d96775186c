import { writeFileSync } from 'node:fs'
import { MissingResultsError } from '../errors.ts'

/** Writes a page, or says which results it lacks and writes nothing. @returns the exit code of the command that does it */
export function writePage(file: string, page: () => string): number {
  try {
    writeFileSync(file, page())
    return 0
  } catch (error) {
    if (!(error instanceof MissingResultsError)) throw error
    console.error(`lab: ${error.message}`)
    return 1
  }
}
