import type { Habit } from './habit.ts'
import { refillsBy } from './refills-by.ts'

const LATE = 300

/** MAX_STREAMS comes for each stream, and late. */
export const refillsLate: Habit = {
  onConnection: (connection) => {
    const timers = new Set<NodeJS.Timeout>()
    let promised = 0
    const end = refillsBy(connection, (owed, grant) => {
      const streams = owed - promised
      if (streams === 0) return
      promised += streams
      const timer = setTimeout(() => {
        timers.delete(timer)
        promised -= streams
        grant(streams)
      }, LATE)
      timers.add(timer)
    })
    return () => {
      end()
      for (const timer of timers) clearTimeout(timer)
    }
  },
}
