import type { Habit } from './habit.ts'
import { refillsBy } from './refills-by.ts'

/** Every MAX_STREAMS is lost and not sent again, but for what is said in answer to STREAMS_BLOCKED. */
export const refillsWhenAsked: Habit = {
  onConnection: (connection) => {
    let heard = 0
    return refillsBy(connection, (owed, grant) => {
      const asked = connection.stats().frames.received.streamsBlockedBidi
      if (asked === heard) return
      heard = asked
      grant(owed)
    })
  },
}
