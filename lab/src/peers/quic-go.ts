import { join } from 'node:path'
import { cacheFolder, labFolder } from '../paths.ts'
import type { CommandOptions } from './commands.ts'
import { builtGo } from './go.ts'
import { LineProcess } from './line-process.ts'

/** Streams to open and to reset at their reliable size (lab/peers/README.md). */
export interface ResetStreamsOptions extends CommandOptions {
  readonly count: number
  readonly width: number
  readonly reliable: number
  readonly unreliable: number
  readonly code: number
}

/** What became of the streams that the other end opened. */
export interface ResetTally {
  readonly streams: number
  readonly intact: number
  readonly codes: Readonly<Record<string, number>>
  readonly beyond: number
  readonly faults: readonly string[] | null
}

export interface ResetCommands {
  'reset-streams': { options: ResetStreamsOptions; result: { readonly sent: number } }
  received: { options: CommandOptions; result: ResetTally }
  supported: { options: CommandOptions; result: { readonly Local: boolean; readonly Remote: boolean } }
}

export type ResetEvent =
  | { readonly event: 'listening'; readonly port: number; readonly certificateHash: string }
  | { readonly event: 'connected' }

/** Starts the quic-go peer with the arguments of its subcommand. @throws MissingToolError, PeerGoneError */
export async function startQuicGo(args: readonly string[]): Promise<LineProcess<ResetCommands, ResetEvent>> {
  const program = await builtGo(join(labFolder, 'peers/quic-go'), join(cacheFolder, 'go/quic-go/reset-stream-at'), {
    inputs: ['go.mod'],
    flags: [],
  })
  return new LineProcess('quic-go', program, args)
}
