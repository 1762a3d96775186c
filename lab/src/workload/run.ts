import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserName } from '../browsers/launch.ts'
import { startBoxo } from './boxo.ts'
import type { FetchResult, HeliaFetchResult, HeliaStreams } from './commands.ts'
import { type Helia, startNodeHelia, startPageHelia } from './helia.ts'

/** boxo is slow past that. */
const mostWants = 1000
const blockSize = 128 * 1024
/** No block for so long is a stall. */
const stallAfter = 10_000
/** Longest wait for one block; with many wants at once most of it is the others' blocks. */
const patience = 60_000
const leastRate = 256 * 1024
/** bitswap gives a stream that it reads ten seconds after the last message. */
const settleWithin = 30_000
const lookEvery = 100
/** Of so many blocks that Helia fetches, Go fetches one back. */
const fetchedForOneServed = 4

export interface WorkloadPlan {
  readonly where: BrowserName | 'node'
  readonly transport: 'sluice' | 'stock'
  /** Blocks that Helia fetches. */
  readonly blocks: number
}

export interface WorkloadResult extends WorkloadPlan {
  readonly bytes: number
  /** Helia fetches from the Go node. */
  readonly fetched: HeliaFetchResult
  /** The Go node fetches from Helia. */
  readonly served: FetchResult & { readonly asked: number }
  /** Waits of ten seconds and more in which no block arrived. */
  readonly stalls: number
  /** Helia's own account at the end; null: the transport has none. */
  readonly streams: HeliaStreams
  /** libp2p streams that the Go node lists at the end, by protocol; bitswap keeps one for its next message. */
  readonly goStreams: Readonly<Record<string, number>>
  readonly ok: boolean
}

const nothing: FetchResult = { blocks: 0, bytes: 0, milliseconds: 0, longestSilence: 0 }

/** Fetches blocks from the Go node over one connection, then serves a quarter as many back. */
export async function runWorkload(plan: WorkloadPlan, say: (text: string) => void): Promise<WorkloadResult> {
  say(`starting the Go node with ${plan.blocks} blocks`)
  const { boxo, address } = await startBoxo(plan.blocks, blockSize)
  let helia: Helia | undefined
  try {
    helia = plan.where === 'node' ? await startNodeHelia() : await startPageHelia(plan.where, plan.transport)
    await helia.request('dial', { address })
    const cids = await boxo.request('cids', {})
    say(`fetching ${cids.length} blocks`)
    const fetched = await helia.request('fetch', {
      cids,
      width: Math.min(mostWants, cids.length),
      patience,
      timeout: timeFor(cids.length),
    })
    say(`fetched ${fetched.blocks} in ${Math.round(fetched.milliseconds)} ms`)
    // Blocks that were lost on the way here say nothing about the way back: one more wait for nothing is spared.
    const count = fetched.blocks === plan.blocks ? Math.ceil(plan.blocks / fetchedForOneServed) : 0
    const made = await helia.request('make', { count, size: blockSize })
    const timeout = timeFor(count)
    const served = {
      asked: count,
      ...(count === 0 ? nothing : await boxo.request('fetch', { cids: made.cids, timeout })),
    }
    say(`served ${served.blocks} in ${Math.round(served.milliseconds)} ms`)
    const streams = await streamsAtRest(helia)
    const { live: goStreams } = await boxo.request('streams', {})
    const stalls = [fetched, served].filter(({ longestSilence }) => longestSilence >= stallAfter).length
    return {
      ...plan,
      bytes: fetched.bytes + served.bytes,
      fetched,
      served,
      stalls,
      streams,
      goStreams,
      ok:
        stalls === 0 &&
        fetched.blocks === plan.blocks &&
        served.blocks === count &&
        (streams.live === 0 || plan.transport === 'stock'),
    }
  } finally {
    await helia?.close()
    await boxo.stop()
  }
}

function timeFor(blocks: number): number {
  return patience + ((blocks * blockSize) / leastRate) * 1000
}

/** The streams that stay alive once all is done: bitswap and identify may have some to finish. */
async function streamsAtRest(helia: Helia): Promise<HeliaStreams> {
  const deadline = performance.now() + settleWithin
  for (;;) {
    const streams = await helia.request('streams', {})
    if (streams.live === 0 || streams.live === null || performance.now() > deadline) return streams
    await delay(lookEvery)
  }
}
