import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, labFolder } from '../paths.ts'
import type { SessionCommands, SessionEvent } from '../session/commands.ts'
import { build, requireTool } from '../tools.ts'
import { LineProcess } from './line-process.ts'

export type WtransportPeer = LineProcess<SessionCommands, SessionEvent>

const sources = join(labFolder, 'peers/wtransport')
const target = join(cacheFolder, 'wtransport')

/** Builds the Rust peer unless it is fresh, and says where the program is. @throws MissingToolError, PeerGoneError */
export async function buildWtransportPeer(): Promise<string> {
  const program = join(target, 'release/wtransport-peer')
  const inputs = globSync(['src/*.rs', 'Cargo.*'], { cwd: sources }).map((file) => join(sources, file))
  if (existsSync(program) && inputs.every((file) => statSync(file).mtimeMs < statSync(program).mtimeMs)) return program
  requireTool('cargo', ['--version'], 'Install Rust: https://rustup.rs')
  console.error(`building ${program}`)
  await build('cargo', ['build', '--release', '--locked'], sources, { CARGO_TARGET_DIR: target })
  return program
}

/** Starts the Rust peer with the arguments of its subcommand. */
export async function startWtransport(args: readonly string[]): Promise<WtransportPeer> {
  return new LineProcess('wtransport', await buildWtransportPeer(), args)
}
