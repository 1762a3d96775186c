import { readFile } from 'node:fs/promises'
import { ResultFileError } from './errors.ts'

/** What a command of the bench writes with `--json`; the name of the format stands for its shape. */
interface Formatted {
  readonly format: string
}

/**
 * Reads what a command of the bench wrote.
 *
 * @param command that writes this format, as one types it
 * @throws ResultFileError there is no such file, or it is of another format
 */
export async function readResultFile<Result extends Formatted>(
  file: string,
  format: Result['format'],
  command: string,
): Promise<Result> {
  const refuse = (problem: string, cause?: unknown) =>
    new ResultFileError(`${file} ${problem}: \`${command} -- --json ${file}\` makes it`, { cause })
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw refuse(cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read', cause)
  }
  const isResult = (value: unknown): value is Result =>
    typeof value === 'object' && value !== null && 'format' in value && value.format === format
  if (!isResult(parsed)) throw refuse(`is not of the format ${format}`)
  return parsed
}
