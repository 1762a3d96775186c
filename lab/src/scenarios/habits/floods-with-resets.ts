import type { Habit } from './habit.ts'

const STREAMS = 5_000
const CODE = 0

/** Opens streams and resets each at once, as fast as it gets credit: no message among them. */
export const floodsWithResets: Habit = {
  opens: async (session) => {
    for (let number = 0; number < STREAMS; number += 1) {
      const stream = await session.openStream()
      stream.reset(CODE)
      stream.stopSending(CODE)
    }
    return 0
  },
}
