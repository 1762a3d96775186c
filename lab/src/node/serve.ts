import type { Commands } from '../peers/commands.ts'
import type { Executor } from '../peers/libp2p/executor.ts'
import { answerLines, printLine } from './lines.ts'

/** The lines of a libp2p peer, until stdin ends. */
export async function serveLines(executor: Executor): Promise<void> {
  await executor.start(printLine)
  await answerLines<Commands>((command, options) => executor.execute(command, options))
  executor.stop()
}
