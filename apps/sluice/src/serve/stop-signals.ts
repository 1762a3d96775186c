import type { EventEmitter } from 'node:events'
import type { Millis } from '@sluice/credit'

/** Exit codes of a process that a signal ended at once: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof EXIT_CODES

/**
 * One press of Ctrl-C reaches the node more than once when npm stands between it and the terminal: from the terminal
 * itself and from each npm on the way. What follows this soon is the same press.
 */
const SAME_PRESS: Millis = 500

/**
 * Settles with the first SIGINT or SIGTERM; another one, pressed later, calls `exit` at once. The handlers stay to the
 * end of the process, so that no late echo of the first press kills it while it leaves.
 */
export function stopSignal(
  process: Pick<EventEmitter, 'on'>,
  exit: (code: number) => void,
  now: () => Millis = Date.now,
): Promise<StopSignal> {
  const { promise, resolve } = Promise.withResolvers<StopSignal>()
  let first: Millis | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = now()
        resolve(signal)
      } else if (now() - first >= SAME_PRESS) exit(EXIT_CODES[signal])
    })
  }
  return promise
}
