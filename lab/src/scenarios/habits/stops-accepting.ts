import { ONE_BY_ONE } from '../patterns/messages.ts'
import type { Habit } from './habit.ts'
import { takesStreams } from './takes-streams.ts'

const FOR = 1_800

/** After the first few takes no streams for a time, as an application does whose accept loop stands still. */
export const stopsAccepting: Habit = {
  onSession: (session) => {
    let taken = 0
    let timer: NodeJS.Timeout | undefined
    takesStreams(session, (properly) => (stream) => {
      taken += 1
      if (taken === ONE_BY_ONE) {
        session.onStream = undefined
        timer = setTimeout(() => {
          session.onStream = properly
        }, FOR)
      }
      properly(stream)
    })
    return () => clearTimeout(timer)
  },
}
