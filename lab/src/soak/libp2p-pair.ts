import { fileURLToPath } from 'node:url'
import { type BrowserName, launchBrowser } from '../browsers/launch.ts'
import { PagePeer } from '../browsers/page-peer.ts'
import { servePage } from '../browsers/page-server.ts'
import { residentOfTree } from '../browsers/resident.ts'
import { CheckFailedError } from '../errors.ts'
import { aliveAt } from '../interop/ledger.ts'
import type { Peer } from '../peers/peer.ts'
import { ProcessPeer } from '../peers/process-peer.ts'
import type { SoakEnd, SoakPair } from './pair.ts'

const dialWithin = 20_000

/** Our node in a process of its own, which dials another of the same. */
export async function nodePair(): Promise<SoakPair & { readonly peers: readonly Peer[] }> {
  const listener = await startNode('listen')
  const dialer = await startNode('dial')
  const pair = await connected(end('dialer', dialer), dialer, listener, async () => await dialer.stop())
  return { ...pair, peers: [dialer, listener] }
}

/** A page with our transport, which dials our node. */
export async function pagePair(name: BrowserName): Promise<SoakPair> {
  const listener = await startNode('listen')
  const server = await servePage(fileURLToPath(new URL('../browsers/page/sluice.ts', import.meta.url)))
  const launched = await launchBrowser(name, { memory: true })
  const page = await PagePeer.open(launched, server.url)
  const { pid } = launched.browser.process() ?? {}
  if (pid === undefined) throw new CheckFailedError(`${name} has no process of its own`)
  const pageEnd: SoakEnd = {
    ...end('page', page),
    memory: async () => ({ ...(await page.request('memory', {})), resident: residentOfTree(pid) }),
  }
  return await connected(pageEnd, page, listener, async () => {
    await launched.close()
    await server.close()
  })
}

async function startNode(role: 'listen' | 'dial'): Promise<ProcessPeer> {
  const program = fileURLToPath(new URL('../node/main.ts', import.meta.url))
  const args = ['--conditions=@sluice/source', '--expose-gc', program, role]
  return await ProcessPeer.start('node', process.execPath, args)
}

async function connected(
  dialing: SoakEnd,
  dialer: Peer,
  listener: Peer,
  closeDialer: () => Promise<void>,
): Promise<SoakPair> {
  const [address] = listener.addresses
  if (address === undefined) throw new CheckFailedError(`${listener.name} has no address`)
  await dialer.request('dial', { address, timeout: dialWithin })
  await listener.events.wait('connected', 0, dialWithin)
  return {
    ends: [dialing, end('listener', listener)],
    close: async () => {
      await closeDialer()
      await listener.stop()
    },
  }
}

function end(name: string, peer: Peer): SoakEnd {
  return {
    name,
    streams: async (options) => await peer.request('streams', options),
    memory: async () => await peer.request('memory', {}),
    live: async () => await aliveAt(peer),
  }
}
