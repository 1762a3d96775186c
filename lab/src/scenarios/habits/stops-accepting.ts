import type { Habit } from './habit.ts'
import { takesStreams } from './takes-streams.ts'

const FOR = 1_800

/** Takes no streams for a time, as an application does whose accept loop stands still. */
export const stopsAccepting: Habit = {
  onSession: (session) => {
    let timer: NodeJS.Timeout | undefined
    takesStreams(session, (properly) => {
      timer = setTimeout(() => {
        session.onStream = properly
      }, FOR)
      return undefined
    })
    return () => clearTimeout(timer)
  },
}
