import { join } from 'node:path'
import { cacheFolder, labFolder } from '../paths.ts'
import type { SessionCommands, SessionEvent } from '../session/commands.ts'
import { built } from '../tools.ts'
import { LineProcess } from './line-process.ts'

export type WtransportPeer = LineProcess<SessionCommands, SessionEvent>

const target = join(cacheFolder, 'wtransport')

/** Starts the Rust peer with the arguments of its subcommand. @throws MissingToolError, PeerGoneError */
export async function startWtransport(args: readonly string[]): Promise<WtransportPeer> {
  const program = await built({
    program: join(target, 'release/wtransport-peer'),
    folder: join(labFolder, 'peers/wtransport'),
    inputs: ['src/*.rs', 'Cargo.*'],
    tool: { file: 'cargo', probe: ['--version'], advice: 'Install Rust: https://rustup.rs' },
    args: ['build', '--release', '--locked'],
    env: { CARGO_TARGET_DIR: target },
  })
  return new LineProcess('wtransport', program, args)
}
