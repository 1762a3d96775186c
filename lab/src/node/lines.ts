import { createInterface } from 'node:readline'
import type { CommandName, Commands } from '../peers/commands.ts'
import type { Executor } from '../peers/libp2p/executor.ts'

type Line = { readonly id: number; readonly command: CommandName } & Commands[CommandName]['options']

/** Does what JSON lines on stdin ask for and answers on stdout, until stdin ends (lab/peers/README.md). */
export async function serveLines(executor: Executor): Promise<void> {
  const print = (line: unknown): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }
  const answer = async ({ id, command, ...options }: Line): Promise<void> => {
    try {
      print({ id, ok: true, result: await executor.execute(command, options as Commands[CommandName]['options']) })
    } catch (error) {
      print({ id, ok: false, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
    }
  }
  await executor.start(print)
  for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line) as Line)
  executor.stop()
}
