import { createInterface } from 'node:readline'
import type { CommandTable } from '../peers/line-process.ts'

/** Carries out one command. */
type Execute<C extends CommandTable<C>> = <N extends keyof C & string>(
  command: N,
  options: C[N]['options'],
) => Promise<C[N]['result']>

/** What carries out each command. */
export type CommandHandlers<C extends CommandTable<C>> = {
  readonly [N in keyof C]: (options: C[N]['options']) => Promise<C[N]['result']> | C[N]['result']
}

/** Says something unasked on stdout. */
export function printLine(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Does what JSON lines on stdin ask for and answers on stdout, until stdin ends (lab/peers/README.md). */
export async function answerLines<C extends CommandTable<C>>(execute: Execute<C>): Promise<void> {
  type Line = { readonly id: number; readonly command: keyof C & string } & C[keyof C & string]['options']
  const answer = async ({ id, command, ...options }: Line): Promise<void> => {
    try {
      printLine({ id, ok: true, result: await execute(command, options) })
    } catch (error) {
      printLine({ id, ok: false, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
    }
  }
  for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line) as Line)
}
