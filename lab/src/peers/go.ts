import { join } from 'node:path'
import { cacheFolder, labFolder } from '../paths.ts'
import { built } from '../tools.ts'
import { ProcessPeer } from './process-peer.ts'

/** The go-libp2p versions that the lab meets; why these: lab/peers/README.md. */
export const goVersions = ['v0.51.0', 'v0.49.0', 'v0.48.0', 'v0.36.5'] as const

export type GoVersion = (typeof goVersions)[number]

const sources = join(labFolder, 'peers/go')

/** Starts the Go peer; `role` is its subcommand. @throws MissingToolError, PeerGoneError */
export async function startGoPeer(version: GoVersion, role: 'listen' | 'dial'): Promise<ProcessPeer> {
  const modules = join('versions', version, 'go.mod')
  const program = await builtGo(sources, join(cacheFolder, 'go', version, 'peer'), {
    inputs: [modules],
    flags: ['-modfile', modules],
  })
  return await ProcessPeer.start(`go-libp2p ${version}`, program, [role])
}

/** Builds the Go program of a folder unless it is fresh. @throws MissingToolError, PeerGoneError */
export async function builtGo(
  folder: string,
  program: string,
  { inputs, flags }: { readonly inputs: readonly string[]; readonly flags: readonly string[] },
): Promise<string> {
  return await built({
    program,
    folder,
    inputs: ['*.go', '../common/**/*.go', ...inputs],
    tool: { file: 'go', probe: ['version'], advice: 'Install Go 1.26 or later: https://go.dev/dl' },
    args: ['build', '-trimpath', ...flags, '-o', program, '.'],
  })
}
