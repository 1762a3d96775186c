import type { Millis } from '@sluice/credit'
import type { Chance } from '../chance.ts'

/** What an application of js-libp2p does with a stream. */
export interface MuxerScript {
  readonly act: /** Sends, closes, and reads to the end. */
    | 'exchange'
    /** Sends and closes, and never reads. */
    | 'send-only'
    /** Closes its reading half at once, sends and closes. */
    | 'close-read'
    /** Aborts, with something sent perhaps. */
    | 'abort'
    /** Reads to the end, and never says a word or closes. */
    | 'listen-only'
    /** Drops it: no listener, no close. */
    | 'abandon'
  readonly bytes: number
  readonly delay: Millis
  /** Pauses for so long when the first bytes come. */
  readonly pause: Millis
  /** Its listener throws once. */
  readonly throws: boolean
  readonly closesTwice: boolean
}

/** What only one end may do: somebody has to end a stream. */
const FORGETFUL = ['listen-only', 'abandon'] as const

/** @param mayAbandon the other end ends the stream in any case */
export function muxerScript(chance: Chance, mayAbandon: boolean): MuxerScript {
  const act = chance.happens(0.55)
    ? 'exchange'
    : chance.pick<MuxerScript['act']>(['send-only', 'close-read', 'abort', ...(mayAbandon ? FORGETFUL : [])])
  return {
    act,
    bytes: chance.happens(0.15) ? 0 : chance.magnitude(1, chance.happens(0.1) ? 300_000 : 4_000),
    delay: chance.happens(0.1) ? chance.magnitude(1, 2_000) : 0,
    pause: chance.happens(0.1) ? chance.magnitude(1, 5_000) : 0,
    throws: chance.happens(0.05),
    closesTwice: chance.happens(0.1),
  }
}
