import type { Habit } from './habit.ts'
import { refillsBy } from './refills-by.ts'

/** Streams until then; several times the limit. */
const AFTER = 100

/** MAX_STREAMS comes for each stream, until one is lost that is never sent again, whatever the other end asks. */
export const losesCreditForGood: Habit = {
  onConnection: (connection) =>
    refillsBy(connection, (owed, grant) => {
      if (connection.streamCounts('bidi', 'them').retired < AFTER) grant(owed)
    }),
}
