import type { Millis } from '@sluice/credit'
import type { Chance } from './chance.ts'

/** What an application does with its send half. */
export interface SendScript {
  readonly bytes: number
  readonly end: 'finish' | 'reset'
  /** Waits before it begins. */
  readonly delay: Millis
}

/** What an application does with its receive half. */
export interface ReceiveScript {
  /** Stops after so many bytes; undefined: reads to the end. */
  readonly stopAfter: number | undefined
  /** Leaves all unread for so long. */
  readonly delay: Millis
}

export interface StreamScript {
  readonly send: SendScript
  readonly receive: ReceiveScript
  /** Ends each half again after it ended, in every way there is. */
  readonly endsTwice: boolean
  /** A callback throws once. */
  readonly throws: boolean
}

const LARGEST = 200_000

/** What one application does with one stream. */
export function streamScript(chance: Chance, patient: boolean): StreamScript {
  const bytes = chance.happens(0.2) ? 0 : chance.magnitude(1, chance.happens(0.1) ? LARGEST : 4_000)
  const delay = (): Millis => (patient && chance.happens(0.15) ? chance.magnitude(1, 3_000) : 0)
  return {
    send: { bytes, end: chance.happens(0.15) ? 'reset' : 'finish', delay: delay() },
    receive: {
      stopAfter: chance.happens(0.2) ? (chance.happens(0.5) ? 0 : chance.magnitude(1, 4_000)) : undefined,
      delay: delay(),
    },
    endsTwice: chance.happens(0.1),
    throws: chance.happens(0.03),
  }
}
