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

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** `chromium/wedged` is ours in a browser that stops handing over streams. @throws RangeError no contestant has this name */
export function contestant(name: string): Contestant {
  const [family, variant] = name.split('/')
  if (name === 'node') return process_(true, (role) => startNode(beside('../node/main.ts'), role))
  const version = goVersions.find((one) => one === variant)
  if (family === 'go' && version !== undefined)
    return process_(false, (role) => startGoPeer(version as GoVersion, role))
  const browser = browserNames.find((one) => one === family)
  if (browser !== undefined && (variant === 'sluice' || variant === 'stock' || variant === 'wedged'))
    return new Tabs(browser, variant !== 'stock', beside(`../browsers/page/${variant}.ts`))
  throw new RangeError(
    `there is no contestant "${name}"; there are node, ${goVersions.map((one) => `go/${one}`).join(', ')}, ` +
      `${browserNames.map((one) => `${one}/sluice, ${one}/stock`).join(', ')}`,
  )
}

function process_(ours: boolean, start: (role: 'listen' | 'dial') => Promise<Peer>): Contestant {
  return { ours, rotates: ours, start, kill: async () => {}, close: async () => {} }
}

/** Ours, in a hurry: forgotten streams end after a second (`../abandon/hasty.ts`). @throws RangeError there is none of this name */
export function hastyContestant(name: string): Contestant {
  if (name === 'node') return process_(true, (role) => startNode(beside('../abandon/node.ts'), role))
  const browser = browserNames.find((one) => `${one}/sluice` === name)
  if (browser !== undefined) return new Tabs(browser, true, beside('../abandon/page.ts'))
  throw new RangeError(`there is no hasty "${name}"; there are node, ${browserNames.join('/sluice, ')}/sluice`)
}

async function startNode(program: string, role: 'listen' | 'dial'): Promise<Peer> {
  return await ProcessPeer.start('node', process.execPath, ['--conditions=@sluice/source', program, role])
}

/** Peers in the tabs of one browser. */
class Tabs implements Contestant {
  readonly ours: boolean
  readonly rotates = false
  readonly #browserName: BrowserName
  readonly #entry: string
  #browser: LaunchedBrowser | undefined
  #server: PageServer | undefined

  /** @param entry the program of the page */
  constructor(browserName: BrowserName, ours: boolean, entry: string) {
    this.#browserName = browserName
    this.#entry = entry
    this.ours = ours
  }

  async start(): Promise<Peer> {
    this.#server ??= await servePage(this.#entry)
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
