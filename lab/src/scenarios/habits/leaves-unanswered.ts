import { type Habit, nothingToEnd } from './habit.ts'
import { takesStreams } from './takes-streams.ts'

/** So many streams, and then one that is left unanswered. */
export const UNANSWERED_EVERY = 4

/** Takes every stream and reads it, and on some never says a word, not even in answer to the negotiation. */
export const leavesUnanswered: Habit = {
  onSession: (session) => {
    let taken = 0
    takesStreams(session, (properly) => (stream) => {
      taken += 1
      if (taken % UNANSWERED_EVERY === 0) stream.write = ({ length }) => length
      properly(stream)
    })
    return nothingToEnd
  },
}
