import type { Habit } from './habit.ts'

/** Long enough for streams to flow, short enough that they still do. */
const AFTER = 100

/** Vanishes under the streams. */
export const goesAway: Habit = {
  onSession: (session, { begins }) => {
    const timer = setTimeout(() => {
      begins()
      session.abort(0, '')
    }, AFTER)
    return () => clearTimeout(timer)
  },
}
