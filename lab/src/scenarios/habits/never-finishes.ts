import type { Habit } from './habit.ts'

/** Reads every stream to its end and never ends its own half. */
export const neverFinishes: Habit = { onMessage: { end: async () => {} } }
