import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../peers/libp2p/mailbox.ts'
import { MESSAGE_SIZE } from '../patterns/messages.ts'
import type { Habit } from './habit.ts'
import { NEGOTIATION } from './negotiation.ts'

const MESSAGES = 200
const CODE = 0

/** Sends messages on streams that it stops before it has said what they are for, and hears no answer of negotiation. */
export const stopsBeforeTheHeader: Habit = {
  opens: async (session) => {
    for (let number = 0; number < MESSAGES; number += 1) {
      const stream = await session.openStream()
      stream.stopSending(CODE)
      // On every other stream it travels alone; else with all the rest in one packet, as go-libp2p's did.
      if (number % 2 === 0) await delay(1)
      stream.write(NEGOTIATION)
      stream.write(messageOf(number, MESSAGE_SIZE))
      stream.finish()
    }
    return MESSAGES
  },
}
