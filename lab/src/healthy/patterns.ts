import type { Peer } from '../peers/peer.ts'
import type { Chance } from '../sim/chance.ts'

/** What came of a pattern at the end that opened the streams. */
export interface PatternOutcome {
  /** Streams that were to be opened. */
  readonly asked: number
  /** Of them, those that came to their proper end. */
  readonly done: number
  /** Messages that were sent and that nobody answers: they have to be looked for at the other end. */
  readonly messages: number
  /** Bytes echoed. */
  readonly bytes: number
  readonly failures: Readonly<Record<string, number>>
}

/** The end that opens streams. */
export interface Opener {
  readonly peer: Peer
  /** Streams at once that are somewhat more than the other end lets it open. */
  readonly burst: number
  readonly chance: Chance
}

export interface Pattern {
  readonly name: string
  /** Only an application in JavaScript can do it. */
  readonly inJavaScript?: true
  /** More streams at once than the limit allows, so that opens wait. */
  readonly aboveLimit?: true
  /** Goes on beside the others, for so long at most, in milliseconds. */
  readonly beside?: number
  /** How often it comes, compared with the others; a whole number. */
  readonly weight: number
  run(opener: Opener): Promise<PatternOutcome>
}

/** A machine that is busy with other things must not make healthy traffic look ill. */
const WITHIN = 120_000
const PATIENCE = 60_000
const IDLES_FOR = 120_000

/** Healthy traffic: everything that applications do, at a moderate rate, and nothing left undone. */
export const patterns: readonly [Pattern, ...Pattern[]] = [
  {
    name: 'one at a time',
    weight: 4,
    run: async ({ peer, chance }) => await streams(peer, chance.whole(5, 20), 1, chance.magnitude(1, 4_000)),
  },
  {
    name: 'some at once',
    weight: 3,
    run: async ({ peer, chance }) => await streams(peer, chance.whole(20, 50), 10, chance.magnitude(1, 4_000)),
  },
  {
    name: 'burst above the limit',
    weight: 2,
    aboveLimit: true,
    run: async ({ peer, burst }) => await streams(peer, burst, 0, 64),
  },
  { name: 'messages', weight: 3, run: async ({ peer, chance }) => await messages(peer, chance.whole(5, 40)) },
  {
    name: 'large body',
    weight: 2,
    run: async ({ peer, chance }) => await body(peer, chance.magnitude(200_000, 3_000_000)),
  },
  { name: 'pings', weight: 2, run: async ({ peer, chance }) => await pings(peer, chance.whole(1, 5)) },
  { name: 'silence', weight: 1, run: async ({ chance }) => await silence(chance.magnitude(5_000, 40_000)) },
  {
    name: 'long-lived and idle',
    weight: 2,
    inJavaScript: true,
    beside: IDLES_FOR,
    run: async ({ peer, chance }) => {
      const [count, hold] = [chance.whole(1, 8), chance.magnitude(5_000, IDLES_FOR)]
      return await tended(peer, { way: 'idles', count, size: 100, hold })
    },
  },
  {
    name: 'read slowly',
    weight: 2,
    inJavaScript: true,
    run: async ({ peer, chance }) => {
      const [count, size] = [chance.whole(1, 3), chance.magnitude(50_000, 500_000)]
      return await tended(peer, { way: 'reads slowly', count, size, hold: 0 })
    },
  },
  {
    name: 'aborts',
    weight: 1,
    inJavaScript: true,
    run: async ({ peer, chance }) => {
      const [count, size] = [chance.whole(1, 6), chance.magnitude(1, 20_000)]
      return await tended(peer, { way: 'aborts', count, size, hold: 0 })
    },
  },
]

/** One of them, by weight. */
export function pick(among: readonly Pattern[], chance: Chance): Pattern {
  const lots = among.flatMap((pattern) => Array.from({ length: pattern.weight }, () => pattern))
  return lots[chance.whole(0, lots.length - 1)] ?? patterns[0]
}

async function streams(peer: Peer, count: number, width: number, size: number): Promise<PatternOutcome> {
  const { asked, echoed, failures } = await peer.request('streams', { count, width, size, timeout: WITHIN })
  return { asked, done: echoed, messages: 0, bytes: echoed * size, failures }
}

async function messages(peer: Peer, count: number): Promise<PatternOutcome> {
  const options = { count, width: 4, size: 200, patience: PATIENCE, timeout: WITHIN }
  const { asked, sent, failures } = await peer.request('messages', options)
  return { asked, done: sent, messages: sent, bytes: 0, failures }
}

async function body(peer: Peer, size: number): Promise<PatternOutcome> {
  const { bytes, sent, received } = await peer.request('echo', { size, timeout: WITHIN })
  const whole = bytes === size && sent === received
  return { asked: 1, done: whole ? 1 : 0, messages: 0, bytes, failures: whole ? {} : { 'the echo differs': 1 } }
}

async function pings(peer: Peer, count: number): Promise<PatternOutcome> {
  const { milliseconds } = await peer.request('ping', { count, timeout: WITHIN })
  return { asked: count, done: milliseconds.length, messages: 0, bytes: 0, failures: {} }
}

async function silence(milliseconds: number): Promise<PatternOutcome> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  return { asked: 0, done: 0, messages: 0, bytes: 0, failures: {} }
}

async function tended(peer: Peer, options: Parameters<typeof peer.request<'tend'>>[1]): Promise<PatternOutcome> {
  const { asked, done, failures } = await peer.request('tend', { ...options, timeout: WITHIN + IDLES_FOR })
  return { asked, done, messages: 0, bytes: 0, failures }
}
