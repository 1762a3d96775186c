import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LiveStream } from '../live-stream.ts'
import { type ReaperPolicy, StreamReaper } from './reaper.ts'

const POLICY: ReaperPolicy = {
  calm: { accept: 1_000, halfOpen: 10_000, release: 5_000 },
  pressed: { accept: 100, halfOpen: 1_000, release: 500 },
  unreleased: 3,
}

const none = () => 0

let lastId = 0

function stream(state: Partial<LiveStream> = {}): LiveStream {
  lastId += 4
  return {
    id: lastId,
    kind: 'bidi',
    opener: 'them',
    owner: null,
    openedAt: 0,
    acceptedAt: 0,
    send: 'open',
    receive: 'open',
    closedAt: null,
    bytesRead: 0,
    bytesWritten: 0,
    ...state,
  }
}

const HALF_OPEN: Partial<LiveStream> = { receive: 'ended' }
const STOPPED: Partial<LiveStream> = { send: 'reset', receive: 'stopped', closedAt: 0 }

test('a stream at work is left alone for ever', () => {
  const reaper = new StreamReaper(POLICY)
  const streams = [stream(), stream({ opener: 'us' }), stream({ kind: 'uni', send: null }), stream()]
  for (const now of [0, 1e3, 1e6, 1e9]) {
    assert.deepEqual(reaper.sweep(streams, now, true, none), { end: [], unreleased: 0 })
  }
})

for (const pressed of [false, true]) {
  const times = pressed ? POLICY.pressed : POLICY.calm
  const when = pressed ? 'under pressure' : 'in calm'

  test(`a stream that nobody takes is ended after its time ${when}`, () => {
    const reaper = new StreamReaper(POLICY)
    const waiting = stream({ acceptedAt: null, openedAt: 50 })
    assert.deepEqual(reaper.sweep([waiting], 49 + times.accept, pressed, none).end, [])
    assert.deepEqual(reaper.sweep([waiting], 50 + times.accept, pressed, none).end, [
      { id: waiting.id, overdue: 'not-accepted' },
    ])
  })

  test(`a half-open stream on which nothing moves is ended after its time ${when}`, () => {
    const reaper = new StreamReaper(POLICY)
    const half = stream(HALF_OPEN)
    assert.deepEqual(reaper.sweep([half], 7, pressed, none).end, [])
    assert.deepEqual(reaper.sweep([half], 6 + times.halfOpen, pressed, none).end, [])
    assert.deepEqual(reaper.sweep([half], 7 + times.halfOpen, pressed, none).end, [
      { id: half.id, overdue: 'half-open' },
    ])
  })

  test(`a stream that was stopped and whose peer never answers is counted after its time ${when}`, () => {
    const reaper = new StreamReaper(POLICY)
    const stopped = stream(STOPPED)
    assert.equal(reaper.sweep([stopped], times.release - 1, pressed, none).unreleased, 0)
    assert.deepEqual(reaper.sweep([stopped], times.release, pressed, none), { end: [], unreleased: 1 })
  })
}

test('bytes that move on the open half keep a half-open stream alive', () => {
  const reaper = new StreamReaper(POLICY)
  const half = stream(HALF_OPEN)
  for (let now = 0; now < 100_000; now += 9_000) {
    const moved = { ...half, bytesWritten: now }
    assert.deepEqual(reaper.sweep([moved], now, false, none).end, [])
  }
})

test('what is finished and never acknowledged is ended after its time, unless some of it gets through', () => {
  const reaper = new StreamReaper(POLICY)
  const stuck = stream({ send: 'finished', receive: 'ended', closedAt: 0 })
  let acknowledged = 0
  const sweep = (now: number) => reaper.sweep([stuck], now, false, () => acknowledged).end
  assert.deepEqual(sweep(0), [])
  acknowledged = 100
  assert.deepEqual(sweep(10_000), [])
  assert.deepEqual(sweep(19_999), [])
  assert.deepEqual(sweep(20_000), [{ id: stuck.id, overdue: 'not-delivered' }])
})

test('the oldest go first', () => {
  const reaper = new StreamReaper(POLICY)
  const streams = [30, 10, 20].map((openedAt) => stream({ acceptedAt: null, openedAt }))
  assert.deepEqual(
    reaper.sweep(streams, 10_000, false, none).end.map(({ id }) => streams.find((each) => each.id === id)?.openedAt),
    [10, 20, 30],
  )
})
