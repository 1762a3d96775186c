/** A hostile peer with many connections: `connect` makes them, `attack` strikes, `withdraw` closes them. */
import { quinnEngine } from '@sluice/engine'
import { type Attack, type AttackName, attacks } from './attacks.ts'
import type { Target } from './messages.ts'
import { answerQuestions } from './process.ts'
import { type RawSession, rawSession } from './raw-session.ts'

const target: Target = JSON.parse(process.argv[2] ?? '{}')
const attack: Attack = attacks[process.argv[3] as AttackName]
const endpoint = await quinnEngine.bind({})
let sessions: RawSession[] = []
let opened = 0

answerQuestions({
  connect: async () => {
    while (sessions.length < attack.connections) sessions.push(await rawSession(endpoint, target))
    return null
  },
  attack: () => {
    for (const session of sessions) {
      const strike = () => {
        opened += attack.strike(session)
      }
      session.connection.events = { streamsOpenable: strike }
      strike()
    }
    return null
  },
  opened: () => opened,
  withdraw: async () => {
    const closed = sessions.map(
      ({ connection }) =>
        new Promise<void>((resolve) => {
          connection.events = { closed: () => resolve() }
          connection.close(0, '')
        }),
    )
    sessions = []
    await Promise.all(closed)
    return null
  },
})
