import type { Habit } from './habit.ts'
import { refillsBy } from './refills-by.ts'

/** Streams until then; several times the limit. */
const AFTER = 100
/** Longer than a packet takes, and so short that what QUIC sends again comes through. */
const FOR = 30

/** A MAX_STREAMS is lost, with whatever else the peer sends at that time; QUIC sends it again. */
export const losesCreditOnce: Habit = {
  onConnection: (connection, { cut }) => {
    let timer: NodeJS.Timeout | undefined
    const end = refillsBy(connection, (owed, grant) => {
      if (timer === undefined && connection.streamCounts('bidi', 'them').retired >= AFTER) {
        cut(true)
        timer = setTimeout(() => cut(false), FOR)
      }
      grant(owed)
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  },
}
