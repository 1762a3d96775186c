import type { Habit } from './habit.ts'
import { refillsBy } from './refills-by.ts'

/** MAX_STREAMS comes for half of the limit at once, and not before. */
export const refillsInHalves: Habit = {
  onConnection: (connection, { limit }) => {
    const half = Math.floor(limit / 2)
    return refillsBy(connection, (owed, grant) => {
      if (owed >= half) grant(half)
    })
  },
}
