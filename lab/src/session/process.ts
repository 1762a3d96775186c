import { fileURLToPath } from 'node:url'
import type { CreditSnapshot } from '@sluice/credit'
import type { CommandOptions } from '../peers/commands.ts'
import { LineProcess } from '../peers/line-process.ts'
import type { MemoryReport } from '../peers/memory.ts'
import type { SessionCommands, SessionEvent } from './commands.ts'

/** What our end of a session does when asked: as the others, and it tells what it holds. */
export interface OurSessionCommands extends SessionCommands {
  credit: { options: CommandOptions; result: CreditSnapshot }
  /** Collects garbage first. */
  memory: { options: CommandOptions; result: MemoryReport }
}

export type SessionProcess = LineProcess<OurSessionCommands, SessionEvent>

/** Starts our end of a session as a process; its garbage can be collected. @param args `serve` or `dial URL HASH` */
export function startSessionProcess(args: readonly string[]): SessionProcess {
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  const node = ['--conditions=@sluice/source', '--expose-gc', program, ...args]
  return new LineProcess(`session ${args[0]}`, process.execPath, node)
}
