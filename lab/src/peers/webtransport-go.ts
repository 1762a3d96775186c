import { join } from 'node:path'
import { cacheFolder, labFolder } from '../paths.ts'
import type { SessionCommands, SessionEvent } from '../session/commands.ts'
import type { StreamsOptions, StreamsResult } from './commands.ts'
import { builtGo } from './go.ts'
import { LineProcess } from './line-process.ts'

/** What a WebTransport peer with session flow control does when asked (lab/peers/README.md). */
export type FlowControlCommands = Pick<SessionCommands, 'echo' | 'streams' | 'unis' | 'close'> & {
  /** Opens streams, writes, and gives both halves up. */
  abandoned: { options: StreamsOptions; result: StreamsResult }
}

export type WebTransportGo = LineProcess<FlowControlCommands, SessionEvent>

/** Starts the peer with the arguments of its subcommand. @throws MissingToolError, PeerGoneError */
export async function startWebTransportGo(args: readonly string[]): Promise<WebTransportGo> {
  const folder = join(labFolder, 'peers/webtransport-go')
  const program = await builtGo(folder, join(cacheFolder, 'go/webtransport-go/webtransport-go'), {
    inputs: ['go.mod'],
    flags: [],
  })
  return new LineProcess('webtransport-go', program, args)
}
