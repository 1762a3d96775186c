import { setTimeout as delay } from 'node:timers/promises'
import type { Habit } from './habit.ts'

const LIFETIME = 40

/** No bad habit: each stream is some work, and then closed in order. */
export const takesItsTime: Habit = {
  onMessage: {
    end: async (stream) => {
      await delay(LIFETIME)
      await stream.close()
    },
  },
}
