import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode, type FlowControlCapsule, H3StreamError } from '@sluice/h3'
import { SessionFlowControl } from './session-flow-control.ts'

const LIMITS = { bidi: 10, uni: 20, data: 1000 }

function made(): SessionFlowControl {
  return new SessionFlowControl({ ours: LIMITS, theirs: LIMITS })
}

/** Everything that waits to be sent. */
function capsules(flow: SessionFlowControl): FlowControlCapsule[] {
  const taken: FlowControlCapsule[] = []
  for (let capsule = flow.takeCapsule(); capsule !== undefined; capsule = flow.takeCapsule()) taken.push(capsule)
  return taken
}

const RECEIVED: readonly (readonly [FlowControlCapsule, ok: boolean])[] = [
  [{ type: 'max-streams', kind: 'bidi', limit: 11 }, true],
  [{ type: 'max-streams', kind: 'bidi', limit: 10 }, false],
  [{ type: 'max-streams', kind: 'uni', limit: 21 }, true],
  [{ type: 'max-streams', kind: 'uni', limit: 11 }, false],
  [{ type: 'max-streams', kind: 'bidi', limit: 2 ** 60 }, true],
  [{ type: 'max-streams', kind: 'bidi', limit: 2 ** 61 }, false],
  [{ type: 'max-data', limit: 1001 }, true],
  [{ type: 'max-data', limit: 1000 }, false],
  [{ type: 'max-data', limit: 2 ** 62 }, true],
  [{ type: 'streams-blocked', kind: 'bidi', limit: 3 }, true],
  [{ type: 'streams-blocked', kind: 'uni', limit: 2 ** 60 }, true],
  [{ type: 'streams-blocked', kind: 'uni', limit: 2 ** 61 }, false],
  [{ type: 'data-blocked', limit: 0 }, true],
]

for (const [capsule, ok] of RECEIVED) {
  test(`${JSON.stringify(capsule)} is ${ok ? 'taken' : 'WT_FLOW_CONTROL_ERROR'}`, () => {
    const flow = made()
    if (ok) {
      flow.received(capsule)
      assert.deepEqual(capsules(flow), [], 'it asks for no answer')
    } else {
      assert.throws(
        () => flow.received(capsule),
        (error: unknown) => error instanceof H3StreamError && error.httpCode === ErrorCode.WT_FLOW_CONTROL_ERROR,
      )
    }
  })
}

test('each limit of the peer is raised by its own capsule alone', () => {
  const flow = made()
  flow.received({ type: 'max-streams', kind: 'bidi', limit: 11 })
  flow.received({ type: 'max-streams', kind: 'uni', limit: 22 })
  flow.received({ type: 'max-data', limit: 1003 })
  assert.deepEqual([flow.streams.bidi.limit, flow.streams.uni.limit, flow.data.limit], [11, 22, 1003])
})

test('a capsule that waits is sent with the values of the moment in which there is room for it', () => {
  const flow = made()
  for (let retired = 0; retired < 100; retired++) {
    flow.peerStreams.bidi.return(1)
    flow.peerData.return(1000)
  }
  assert.deepEqual(capsules(flow), [
    { type: 'max-streams', kind: 'bidi', limit: 110 },
    { type: 'max-data', limit: 101_000 },
  ])
})

test('what holds us back is told, each limit once', () => {
  const flow = made()
  flow.streams.bidi.block()
  flow.streams.uni.block()
  flow.data.block()
  assert.deepEqual(capsules(flow), [
    { type: 'streams-blocked', kind: 'bidi', limit: 10 },
    { type: 'streams-blocked', kind: 'uni', limit: 20 },
    { type: 'data-blocked', limit: 1000 },
  ])
  flow.data.block()
  assert.deepEqual(capsules(flow), [])
})

test('of two ends, each told the other, neither ever breaks a rule, and all that is asked for gets through', () => {
  const ends = [made(), made()] as const
  const exchange = () => {
    for (const [from, to] of [ends, [ends[1], ends[0]]] as const) {
      for (const capsule of capsules(from)) to.received(capsule)
    }
  }
  for (let round = 0; round < 500; round++) {
    for (const [us, them] of [ends, [ends[1], ends[0]]] as const) {
      assert.ok(us.streams.bidi.available > 0 && us.data.available >= 100)
      us.streams.bidi.use(1)
      them.peerStreams.bidi.use(1)
      us.data.use(100)
      them.peerData.use(100)
      them.peerData.return(100)
      them.peerStreams.bidi.return(1)
    }
    exchange()
  }
})
