import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import { openAll, quicAccount } from '../testing/credit.ts'
import { becomes, harness, readAll, utf8, writeAll } from '../testing/pair.ts'
import { Governor } from './governor.ts'

const CONNECTIONS = 500
const FLOOR = 16
/** Of a floor of 16 streams the CONNECT stream has one, and an eighth is kept back. */
const RESERVED = 2
const OPEN_TO_ALL = FLOOR - 1 - RESERVED
const BUDGET = 400

/** Answers what is asked as identify and ping do; other streams stay open. */
function serve(session: WebTransportSession): void {
  session.onStream = (stream) => {
    void readAll(stream).then((asked) => {
      if (asked.length > 0) void writeAll(stream, asked)
    })
  }
}

async function ping(session: WebTransportSession): Promise<void> {
  const stream = await session.openStream({ reserved: true })
  const answer = readAll(stream)
  await writeAll(stream, utf8('ping'))
  assert.deepEqual(await answer, utf8('ping'))
}

test(`with the budget full each of ${CONNECTIONS} connections has its floor, and pings get through on all of them`, async () => {
  const governor = new Governor({ floor: { bidi: FLOOR, uni: 16 }, budget: BUDGET })
  const made = await harness({ governor, onSession: serve })
  const sessions: WebTransportSession[] = []
  while (sessions.length < CONNECTIONS) {
    sessions.push(...(await Promise.all(Array.from({ length: 50 }, () => made.dial()))))
  }
  const [greedy, ...others] = sessions
  assert.ok(greedy !== undefined)

  // A few want all there is.
  const few = sessions.slice(0, 4)
  await becomes(() => {
    for (const session of few) openAll(session)
    return governor.snapshot.used
  }, BUDGET)
  assert.equal(governor.snapshot.pressed, true)

  // All others still have their floor, whatever the few hold.
  for (const session of others.slice(few.length - 1)) assert.equal(openAll(session).length, OPEN_TO_ALL)
  await Promise.all(sessions.map(ping))

  // What one gives back goes to those that wait, and not a stream more.
  const before = others.map((session) => quicAccount(session, 'us').limit ?? 0)
  greedy.close()
  await becomes(() => governor.snapshot.connections, CONNECTIONS - 1)
  await becomes(() => governor.snapshot.used, BUDGET)
  const grown = () => others.some((session, index) => (quicAccount(session, 'us').limit ?? 0) > (before[index] ?? 0))
  await becomes(grown, true)
  for (const session of others) {
    const { limit, retired } = quicAccount(session, 'us')
    assert.ok((limit ?? 0) - retired >= FLOOR)
  }
  await Promise.all(others.map(ping))

  await made.server.close()
  assert.deepEqual(governor.snapshot, { connections: 0, budget: BUDGET, used: 0, pressed: false })
})
