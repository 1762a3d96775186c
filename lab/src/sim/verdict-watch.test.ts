import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AccountVerdictCode,
  type Millis,
  type Opener,
  type PathStats,
  patienceFor,
  type Verdict,
} from '@sluice/credit'
import { proofOf } from '@sluice/credit/testing'
import { VirtualClock } from '@sluice/engine/virtual'
import type { NetworkProfile } from './networks.ts'
import { VerdictWatch, type WatchedEnd } from './verdict-watch.ts'

const HOLE = { from: 3_000, to: 5_000 }

const PATH: PathStats = { rtt: 30, rttVariation: 5, packetsSent: 1_000, packetsLost: 0 }

/** What is lost in the hole has come again by then, however late. */
const COME_AGAIN: Millis = HOLE.to + (HOLE.to - HOLE.from) + patienceFor(PATH)

const network: NetworkProfile = {
  name: 'one hole',
  at: (now) => ({ blocked: now >= HOLE.from && now < HOLE.to }),
  lastHole: (now) => (now < HOLE.from ? undefined : HOLE),
}

const dataVerdict: Verdict = {
  code: 'data-window',
  harmless: false,
  summary: 'nobody reads',
  proof: {
    layer: 'quic',
    writer: 'us',
    blockedFor: 1_000,
    streams: 1,
    frames: { dataBlocked: 1, maxData: 0 },
    oldest: {
      id: 0,
      kind: 'bidi',
      opener: 'us',
      owner: null,
      openedAt: 0,
      acceptedAt: 0,
      send: 'open',
      receive: 'open',
      closedAt: null,
      bytesRead: 0,
      bytesWritten: 1,
    },
    oldestAge: 1_000,
    owner: null,
  },
}

const accountVerdict = (code: AccountVerdictCode, opener: Opener = 'us'): Verdict => ({
  code,
  harmless: false,
  summary: 'no stream can be opened',
  proof: proofOf({
    account: { layer: 'session', opener, limit: 300, opened: 300, accepted: 300, live: 300 },
    window: 300,
    blockedFor: 1_000,
    unreturned: 0,
    peak: 300,
    holders: { notReleased: 300 },
  }),
})

const HEALTHY: Verdict = { code: 'healthy', harmless: true, summary: 'all is well', proof: null }

/**
 * False alarms while a client says `verdict` from one time to another, though both applications keep nothing.
 *
 * @param openedAt when each opened 300 streams; absent: they opened none
 */
async function alarms(
  verdict: Verdict,
  over: NetworkProfile,
  from: Millis,
  to: Millis,
  openedAt = Number.NEGATIVE_INFINITY,
): Promise<number> {
  const clock = new VirtualClock()
  const end = (side: WatchedEnd['side'], says: () => Verdict): WatchedEnd => ({
    side,
    plan: { concurrency: 1 },
    keepsCredit: false,
    leavesUnread: false,
    openedSince: (time) => (openedAt < time ? 0 : 300),
    session: {
      get verdict() {
        return says()
      },
      connectionStats: () => PATH,
    },
  })
  const limits = { maxIncomingBidi: 300, maxIncomingUni: 300, receiveWindow: 1_000 }
  const ends = [
    end('client', () => (clock.now() >= from && clock.now() < to ? verdict : HEALTHY)),
    end('server', () => HEALTHY),
  ]
  const plan = { sessionLimits: { client: limits, server: limits }, network: over }
  const watch = new VerdictWatch(plan, clock, ends, () => {})
  await clock.run(to, () => false)
  watch.stop()
  return watch.faults.length
}

const LATE_CREDIT: readonly Verdict[] = [
  accountVerdict('session-limit'),
  accountVerdict('not-released'),
  accountVerdict('credit-withheld'),
  dataVerdict,
]

for (const verdict of LATE_CREDIT) {
  test(`${verdict.code}: a hole excuses it until what was lost has come again, and no longer`, async () => {
    assert.notEqual(await alarms(verdict, network, HOLE.from - 100, HOLE.from), 0)
    assert.equal(await alarms(verdict, network, HOLE.from, COME_AGAIN), 0)
    assert.notEqual(await alarms(verdict, network, COME_AGAIN, COME_AGAIN + 100), 0)
  })

  test(`${verdict.code}: nothing excuses it where there is no hole`, async () => {
    const { at } = network
    assert.notEqual(await alarms(verdict, { name: 'no hole', at }, HOLE.from, HOLE.to), 0)
  })
}

test('what has nothing to do with late credit is excused by no hole', async () => {
  assert.notEqual(await alarms(accountVerdict('half-open'), network, HOLE.from, HOLE.to), 0)
})

const IN_DEMAND = [
  ['half-open', 'us'],
  ['half-open', 'them'],
  ['limit-too-small', 'them'],
] as const

for (const [code, opener] of IN_DEMAND) {
  test(`${code}: streams of ${opener} that a hole swallowed are in demand until they have come again, and no longer`, async () => {
    const verdict = accountVerdict(code, opener)
    const openedAt = HOLE.from - 10
    assert.equal(await alarms(verdict, network, HOLE.from, COME_AGAIN, openedAt), 0)
    assert.notEqual(await alarms(verdict, network, COME_AGAIN, COME_AGAIN + 100, openedAt), 0)
    assert.notEqual(await alarms(verdict, network, HOLE.from, COME_AGAIN), 0)
  })
}

test('limit-too-small: streams of us that a hole swallowed are over, and in no demand', async () => {
  const verdict = accountVerdict('limit-too-small')
  const openedAt = HOLE.from - 10
  assert.equal(await alarms(verdict, network, HOLE.from, openedAt + 1_000, openedAt), 0)
  assert.notEqual(await alarms(verdict, network, openedAt + 1_000 + 2 * PATH.rtt, COME_AGAIN, openedAt), 0)
})
