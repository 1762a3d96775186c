import type { Connection } from '@sluice/engine'
import { grantsNothing } from './grants-nothing.ts'

const LOOK_EVERY = 10

/**
 * Gives back the credit of bidi streams by this rule alone. @returns what ends that
 *
 * @param rule called again and again with how many streams are over whose credit was not given back, and what gives it
 */
export function refillsBy(
  connection: Connection,
  rule: (owed: number, grant: (streams: number) => void) => void,
): () => void {
  const grant = grantsNothing(connection)
  let given = 0
  const giveBack = (streams: number): void => {
    given += streams
    grant(streams)
  }
  const timer = setInterval(() => {
    const owed = connection.streamCounts('bidi', 'them').retired - given
    if (owed > 0) rule(owed, giveBack)
  }, LOOK_EVERY)
  return () => clearInterval(timer)
}
