import { fileURLToPath } from 'node:url'
import { type BrowserName, browserNames, type LaunchedBrowser, launchBrowser } from '../browsers/launch.ts'
import { PagePeer } from '../browsers/page-peer.ts'
import { type PageServer, servePage } from '../browsers/page-server.ts'
import { type GoVersion, goVersions, startGoPeer } from '../peers/go.ts'
import type { Peer } from '../peers/peer.ts'
import { ProcessPeer } from '../peers/process-peer.ts'

/** One side of a libp2p cell: starts its peers, as many as the checks use up. */
export interface Contestant {
  /** Its stream credit is counted by Sluice. */
  readonly ours: boolean
  /** Its certificate can be swapped on command. */
  readonly rotates: boolean
  start(role: 'listen' | 'dial'): Promise<Peer>
  /** Ends what outlives a killed peer, with no chance to say goodbye: the browser of a tab. */
  kill(): Promise<void>
  close(): Promise<void>
}

const nodeProgram = fileURLToPath(new URL('../node/main.ts', import.meta.url))

/** @throws RangeError no contestant has this name */
export function contestant(name: string): Contestant {
  const [family, variant] = name.split('/')
  if (name === 'node') return process_(true, (role) => startNode(role))
  const version = goVersions.find((one) => one === variant)
  if (family === 'go' && version !== undefined)
    return process_(false, (role) => startGoPeer(version as GoVersion, role))
  const browser = browserNames.find((one) => one === family)
  if (browser !== undefined && (variant === 'sluice' || variant === 'stock')) return new Tabs(browser, variant)
  throw new RangeError(
    `there is no contestant "${name}"; there are node, ${goVersions.map((one) => `go/${one}`).join(', ')}, ` +
      `${browserNames.map((one) => `${one}/sluice, ${one}/stock`).join(', ')}`,
  )
}

function process_(ours: boolean, start: (role: 'listen' | 'dial') => Promise<Peer>): Contestant {
  return { ours, rotates: ours, start, kill: async () => {}, close: async () => {} }
}

async function startNode(role: 'listen' | 'dial'): Promise<Peer> {
  return await ProcessPeer.start('node', process.execPath, ['--conditions=@sluice/source', nodeProgram, role])
}

/** Peers in the tabs of one browser. */
class Tabs implements Contestant {
  readonly ours: boolean
  readonly rotates = false
  readonly #browserName: BrowserName
  readonly #transport: 'sluice' | 'stock'
  #browser: LaunchedBrowser | undefined
  #server: PageServer | undefined

  constructor(browserName: BrowserName, transport: 'sluice' | 'stock') {
    this.#browserName = browserName
    this.#transport = transport
    this.ours = transport === 'sluice'
  }

  async start(): Promise<Peer> {
    this.#server ??= await servePage(fileURLToPath(new URL(`../browsers/page/${this.#transport}.ts`, import.meta.url)))
    this.#browser ??= await launchBrowser(this.#browserName)
    return await PagePeer.open(this.#browser, this.#server.url)
  }

  async kill(): Promise<void> {
    const browser = this.#browser
    this.#browser = undefined
    await browser?.kill()
  }

  async close(): Promise<void> {
    await this.#browser?.close()
    await this.#server?.close()
  }
}
