import { grantsNothing } from './grants-nothing.ts'
import { type Habit, nothingToEnd } from './habit.ts'

/** MAX_STREAMS never comes. */
export const withholdsCredit: Habit = {
  onConnection: (connection) => {
    grantsNothing(connection)
    return nothingToEnd
  },
}
