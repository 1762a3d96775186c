import { grantsNothing } from './grants-nothing.ts'
import type { Habit } from './habit.ts'

const LOOK_EVERY = 20

/** MAX_STREAMS comes for half of the limit at once, and not before. */
export const refillsInHalves: Habit = {
  onConnection: (connection, limit) => {
    const grant = grantsNothing(connection)
    const half = Math.floor(limit / 2)
    let granted = limit
    const timer = setInterval(() => {
      if (granted - connection.streamCounts('bidi', 'them').retired > half) return
      granted += half
      grant(half)
    }, LOOK_EVERY)
    return () => clearInterval(timer)
  },
}
