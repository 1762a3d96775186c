import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, labFolder } from '../paths.ts'
import { build, requireTool } from '../tools.ts'
import { ProcessPeer } from './process-peer.ts'

/** The go-libp2p versions that the lab meets; why these: lab/peers/README.md. */
export const goVersions = ['v0.51.0', 'v0.49.0', 'v0.48.0', 'v0.36.5'] as const

export type GoVersion = (typeof goVersions)[number]

const sources = join(labFolder, 'peers/go')

/**
 * Builds the Go peer for one version of go-libp2p unless it is built already, and says where the program is.
 *
 * @throws MissingToolError no Go toolchain, PeerGoneError the build failed
 */
export async function buildGoPeer(version: GoVersion): Promise<string> {
  const modules = join('versions', version, 'go.mod')
  return await buildGo(sources, join(cacheFolder, 'go', version, 'peer'), ['-modfile', modules], [modules])
}

/** Starts the Go peer; `role` is its subcommand. */
export async function startGoPeer(version: GoVersion, role: 'listen' | 'dial'): Promise<ProcessPeer> {
  return await ProcessPeer.start(`go-libp2p ${version}`, await buildGoPeer(version), [role])
}

/** Builds the Go program in `folder` to `program` when a source is newer than it. */
export async function buildGo(
  folder: string,
  program: string,
  flags: readonly string[] = [],
  modules: readonly string[] = ['go.mod'],
): Promise<string> {
  const inputs = [...globSync('*.go', { cwd: folder }), ...modules].map((file) => join(folder, file))
  if (existsSync(program) && inputs.every((file) => statSync(file).mtimeMs < statSync(program).mtimeMs)) return program
  requireTool('go', ['version'], 'Install Go 1.26 or later: https://go.dev/dl')
  console.error(`building ${program}`)
  await build('go', ['build', '-trimpath', ...flags, '-o', program, '.'], folder)
  return program
}
