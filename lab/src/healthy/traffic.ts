import { setTimeout as delay } from 'node:timers/promises'
import { contestant } from '../interop/contestants.ts'
import { Libp2pPair } from '../interop/libp2p-pair.ts'
import type { HeardVerdict } from '../peers/commands.ts'
import { describe } from '../peers/libp2p/tally.ts'
import type { Peer } from '../peers/peer.ts'
import { Chance } from '../sim/chance.ts'
import { burstTowards, type HealthyPair, pairName } from './pairs.ts'
import { type Opener, type Pattern, type PatternOutcome, patterns, pick } from './patterns.ts'
import { type Burst, whyTrue } from './truth.ts'

/** How often the ends are asked what they have heard, in milliseconds. */
const ASK_EVERY = 5_000
/** Between two patterns of one end, in milliseconds. */
const REST = { least: 500, most: 8_000 }
/** For messages that are still on their way at the end. */
const ARRIVE_WITHIN = 10_000

const ENDS = ['dialer', 'listener'] as const
type End = (typeof ENDS)[number]

/** A verdict that called for something, and whether it was true. */
export interface JudgedVerdict extends HeardVerdict {
  readonly pair: string
  readonly end: string
  /** null: it was a false alarm. */
  readonly why: string | null
}

/** What came of the traffic of a pair. */
export interface PairResult {
  readonly pair: string
  /** How often each pattern was carried out, both ends together. */
  readonly patterns: Readonly<Record<string, number>>
  readonly streams: number
  /** Streams and messages that did not come to their proper end. */
  readonly lost: number
  readonly bytes: number
  readonly failures: Readonly<Record<string, number>>
  /** Connections that ended by themselves. */
  readonly disconnects: number
  /** What stayed alive at the ends that are ours when all was done; empty: nothing. */
  readonly alive: string
  readonly verdicts: readonly JudgedVerdict[]
  readonly ok: boolean
}

/** Healthy traffic between two ends, in both directions at once. */
export class PairTraffic {
  readonly name: string
  readonly #description: HealthyPair
  readonly #pair: Libp2pPair
  readonly #seed: number
  readonly #tell: (verdict: JudgedVerdict) => void
  readonly #bursts: Readonly<Record<End, Burst[]>> = { dialer: [], listener: [] }
  readonly #verdicts: JudgedVerdict[] = []
  readonly #askedFrom: Record<End, number> = { dialer: 0, listener: 0 }
  readonly #counts: Record<string, number> = {}
  readonly #failures: Record<string, number> = {}
  readonly #sent: Record<End, number> = { dialer: 0, listener: 0 }
  #streams = 0
  #lost = 0
  #bytes = 0

  /** @param tell takes each verdict as it is heard */
  constructor(description: HealthyPair, seed: number, tell: (verdict: JudgedVerdict) => void) {
    this.name = pairName(description)
    this.#description = description
    this.#pair = new Libp2pPair(contestant(description.dialer), contestant(description.listener), {
      streams: 0,
      bytes: 0,
    })
    this.#seed = seed
    this.#tell = tell
  }

  /** Starts both ends and connects them. */
  async connect(): Promise<void> {
    await this.#pair.connected()
  }

  /** Traffic for so many milliseconds, and a look at what is left of it. */
  async run(milliseconds: number): Promise<PairResult> {
    const peers = await this.#pair.peers()
    const until = performance.now() + milliseconds
    const over = new AbortController()
    const listening = this.#listen(peers, over.signal)
    await Promise.all(ENDS.map((end, index) => this.#open(end, peers[end], this.#seed * 2 + index, until)))
    const alive = await this.#pair.ledgers().then(
      () => '',
      (error: unknown) => describe(error),
    )
    for (const end of ENDS) this.#lost += await this.#missing(peers[other(end)], this.#sent[end])
    over.abort()
    await listening
    const disconnects = peers.dialer.events.count('disconnected') + peers.listener.events.count('disconnected')
    return {
      pair: this.name,
      patterns: this.#counts,
      streams: this.#streams,
      lost: this.#lost,
      bytes: this.#bytes,
      failures: this.#failures,
      disconnects,
      alive,
      verdicts: this.#verdicts,
      ok:
        this.#lost === 0 &&
        disconnects === 0 &&
        alive === '' &&
        Object.keys(this.#failures).length === 0 &&
        this.#verdicts.every(({ why }) => why !== null),
    }
  }

  async close(): Promise<void> {
    await this.#pair.close()
  }

  /** One pattern after the other. */
  async #open(end: End, peer: Peer, seed: number, until: number): Promise<void> {
    const chance = new Chance(seed)
    const opener: Opener = { peer, burst: burstTowards(this.#description[other(end)]), chance }
    const possible = patterns.filter(({ inJavaScript }) => inJavaScript !== true || this.#isOurs(end))
    let beside: Promise<void> | undefined
    while (performance.now() < until) {
      const pattern = pick(possible, chance)
      if (pattern.beside === undefined) {
        await this.#carryOut(pattern, end, opener)
      } else if (beside === undefined && performance.now() + pattern.beside < until) {
        beside = this.#carryOut(pattern, end, opener).then(() => {
          beside = undefined
        })
      }
      await delay(chance.whole(REST.least, REST.most))
    }
    await beside
  }

  async #carryOut(pattern: Pattern, end: End, opener: Opener): Promise<void> {
    const burst: Burst = { from: Date.now(), to: undefined }
    if (pattern.aboveLimit === true) this.#bursts[end].push(burst)
    try {
      this.#count(pattern.name, end, await pattern.run(opener))
    } catch (error) {
      this.#fail(describe(error))
    } finally {
      burst.to = Date.now()
    }
  }

  #count(pattern: string, end: End, { asked, done, messages, bytes, failures }: PatternOutcome): void {
    this.#counts[pattern] = (this.#counts[pattern] ?? 0) + 1
    this.#streams += asked
    this.#lost += asked - done
    this.#sent[end] += messages
    this.#bytes += bytes
    for (const [failure, times] of Object.entries(failures)) this.#fail(failure, times)
  }

  #fail(failure: string, times = 1): void {
    this.#failures[failure] = (this.#failures[failure] ?? 0) + times
  }

  /** Asks those ends that are ours what they have heard, until all is over and once more. */
  async #listen(peers: Readonly<Record<End, Peer>>, over: AbortSignal): Promise<void> {
    for (;;) {
      const last = over.aborted
      for (const end of ENDS) if (this.#isOurs(end)) await this.#ask(end, peers[end])
      if (last) return
      await delay(ASK_EVERY, undefined, { signal: over }).catch(() => undefined)
    }
  }

  async #ask(end: End, peer: Peer): Promise<void> {
    try {
      const heard = await peer.request('verdicts', { from: this.#askedFrom[end] })
      this.#askedFrom[end] += heard.length
      for (const one of heard) this.#judge(end, one)
    } catch (error) {
      this.#fail(describe(error))
    }
  }

  #judge(end: End, heard: HeardVerdict): void {
    const why = whyTrue(heard, (opener) => this.#bursts[opener === 'us' ? end : other(end)]) ?? null
    const verdict: JudgedVerdict = { pair: this.name, end: this.#description[end], why, ...heard }
    this.#verdicts.push(verdict)
    this.#tell(verdict)
  }

  /** Messages of so many that never came. */
  async #missing(receiver: Peer, sent: number): Promise<number> {
    const deadline = performance.now() + ARRIVE_WITHIN
    for (;;) {
      // Numbers of messages begin anew with each command, and come again.
      const { messages, repeats } = await receiver.request('received', {})
      const missing = sent - messages - repeats
      if (missing <= 0 || performance.now() > deadline) return Math.abs(missing)
      await delay(100)
    }
  }

  #isOurs(end: End): boolean {
    return end === 'dialer' ? this.#pair.dialerIsOurs : this.#pair.listenerIsOurs
  }
}

function other(end: End): End {
  return end === 'dialer' ? 'listener' : 'dialer'
}
