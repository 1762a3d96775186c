import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_LADDER, type LadderEffect, RecoveryLadder } from './ladder.ts'
import { HEALTHY, verdictOf } from './testing.ts'

const { patience, shortestInterval, longestInterval, maxUseless, forgiveAfter } = DEFAULT_LADDER
const STEP = 50

/** Tells the verdict when the ladder wants to hear it, or knows of no stall, and says when each effect came. */
function watch(
  ladder: RecoveryLadder,
  verdict: ReturnType<typeof verdictOf>,
  from: number,
  until: number,
  act: (effect: LadderEffect, now: number) => void = () => {},
): [number, string][] {
  const seen: [number, string][] = []
  for (let now = from; now < until; now += STEP) {
    if (now > from && now < (ladder.wakeAt ?? from)) continue
    for (const effect of ladder.take({ type: 'verdict', verdict }, now)) {
      seen.push([now, effect.type])
      act(effect, now)
    }
  }
  return seen
}

const withheld = verdictOf('credit-withheld')

test('a stall is nudged at once and rotated when that does not help', () => {
  const ladder = new RecoveryLadder()
  assert.deepEqual(watch(ladder, withheld, 0, 5_000), [
    [0, 'nudge'],
    [patience, 'rotate'],
  ])
})

test('forgotten halves are reclaimed first', () => {
  const ladder = new RecoveryLadder()
  assert.deepEqual(watch(ladder, verdictOf('half-open', { receiveOpen: 5 }), 0, 1_000), [
    [0, 'reclaim'],
    [patience, 'nudge'],
    [2 * patience, 'rotate'],
  ])
})

test('where the application here is the cause nothing is ever rotated, and reclaiming is not hurried', () => {
  for (const verdict of [verdictOf('limit-too-small'), verdictOf('not-accepted', { opener: 'them' })]) {
    assert.deepEqual(watch(new RecoveryLadder(), verdict, 0, 60_000), [])
  }
  const seen = watch(new RecoveryLadder(), verdictOf('half-open', { sendOpen: 5 }), 0, 60_000)
  assert.ok(seen.length > 2 && seen.length <= 60_000 / (10 * patience))
  assert.ok(seen.every(([, type]) => type === 'reclaim'))
})

test('a stall that passes begins at the lowest step the next time', () => {
  const ladder = new RecoveryLadder()
  watch(ladder, withheld, 0, patience)
  ladder.take({ type: 'verdict', verdict: HEALTHY }, patience)
  assert.deepEqual(watch(ladder, withheld, 10_000, 10_100), [[10_000, 'nudge']])
})

test('nothing is done twice while a rotation is under way', () => {
  const ladder = new RecoveryLadder()
  watch(ladder, withheld, 0, 1_000)
  assert.deepEqual(ladder.take({ type: 'asked' }, 1_000), [])
  assert.deepEqual(ladder.take({ type: 'worn' }, 1_000), [])
  assert.deepEqual(ladder.take({ type: 'verdict', verdict: withheld }, 20_000), [])
  assert.equal(ladder.wakeAt, undefined)
})

/** A peer whose every session stalls after so many streams; a fresh one stands at once. */
function rotations(opened: number, until: number): [number, string][] {
  const ladder = new RecoveryLadder()
  const seen = watch(ladder, verdictOf('credit-withheld', { opened }), 0, until, (effect, now) => {
    if (effect.type === 'rotate') ladder.take({ type: 'rotated' }, now)
  })
  return seen.filter(([, type]) => type === 'rotate' || type === 'close')
}

test('rotations that are worth it go on for ever, at most one in each interval', () => {
  const times = rotations(100, 120_000).map(([time]) => time)
  assert.ok(times.length > 50)
  for (const [index, time] of times.slice(1).entries()) assert.ok(time - (times[index] ?? 0) >= shortestInterval)
})

test('rotations that gain little are further and further apart, up to a bound', () => {
  const times = rotations(5, 200_000).map(([time]) => time)
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  assert.deepEqual(
    gaps,
    gaps.toSorted((a, b) => a - b),
  )
  assert.ok(Math.max(...gaps) <= longestInterval + 2 * patience)
  assert.ok(times.length < 20)
})

test('rotations that gain nothing end with a close that says so', () => {
  const seen = rotations(2, 200_000).map(([, type]) => type)
  assert.deepEqual(seen, [...Array(maxUseless).fill('rotate'), 'close'])
})

test('a fresh session that cannot be had is tried for again with back-off, then the connection is closed', () => {
  const ladder = new RecoveryLadder()
  const seen: [number, LadderEffect][] = []
  watch(ladder, withheld, 0, 100_000, (effect, now) => {
    seen.push([now, effect])
    if (effect.type === 'rotate') ladder.take({ type: 'rotation-failed' }, now + 10)
  })
  const tries = seen.filter(([, { type }]) => type === 'rotate').map(([time]) => time)
  assert.equal(tries.length, maxUseless)
  assert.deepEqual(
    tries.slice(1).map((time, index) => time - (tries[index] ?? 0)),
    [1, 2, 4].map((factor) => factor * shortestInterval),
  )
  const close = seen.find(([, { type }]) => type === 'close')?.[1]
  assert.deepEqual(close, { type: 'close', verdict: withheld, rotations: maxUseless })
})

test('a peer that asks gets a fresh session at once, and one that asks again and again at growing distances', () => {
  const ladder = new RecoveryLadder()
  const times: number[] = []
  const act = (effects: readonly LadderEffect[], now: number): void => {
    for (const effect of effects) {
      assert.deepEqual(effect, { type: 'rotate', reason: 'asked' })
      times.push(now)
      act(ladder.take({ type: 'rotated' }, now), now)
    }
  }
  for (let now = 0; now < forgiveAfter; now += STEP) {
    act(ladder.take({ type: 'asked' }, now), now)
    if ((ladder.wakeAt ?? Number.POSITIVE_INFINITY) <= now) act(ladder.take({ type: 'woken' }, now), now)
  }
  assert.equal(times[0], 0)
  assert.ok(times.length <= 7)
})

test('a session that was asked to go stays when there is no other: no close', () => {
  const ladder = new RecoveryLadder()
  let rotations = 0
  let effects = ladder.take({ type: 'asked' }, 0)
  for (let now = 0; now < 300_000; now += STEP) {
    for (const effect of effects) {
      assert.equal(effect.type, 'rotate')
      rotations += 1
      effects = ladder.take({ type: 'rotation-failed' }, now)
    }
    effects = (ladder.wakeAt ?? Number.POSITIVE_INFINITY) <= now ? ladder.take({ type: 'woken' }, now) : []
  }
  assert.equal(rotations, maxUseless)
  assert.equal(ladder.wakeAt, undefined)
})

test('a worn session is rotated at once, each time', () => {
  const ladder = new RecoveryLadder()
  for (const now of [0, 50, 4_000, 6_000]) {
    assert.deepEqual(ladder.take({ type: 'worn' }, now), [{ type: 'rotate', reason: 'worn' }])
    assert.deepEqual(ladder.take({ type: 'rotated' }, now), [])
  }
})

test('a fresh session for one that is worn is tried for until there is one, with back-off up to a bound', () => {
  const ladder = new RecoveryLadder()
  const times: number[] = []
  let effects = ladder.take({ type: 'worn' }, 0)
  for (let now = 0; now < 300_000; now += STEP) {
    for (const effect of effects) {
      assert.deepEqual(effect, { type: 'rotate', reason: 'worn' })
      times.push(now)
      effects = ladder.take({ type: 'rotation-failed' }, now)
    }
    effects = (ladder.wakeAt ?? Number.POSITIVE_INFINITY) <= now ? ladder.take({ type: 'woken' }, now) : []
  }
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  assert.ok(gaps.length > 10)
  assert.deepEqual(
    gaps,
    gaps.toSorted((a, b) => a - b),
  )
  assert.ok((gaps.at(-1) ?? 0) <= longestInterval + STEP)
})

test('after a long time without a stall all is forgiven', () => {
  const ladder = new RecoveryLadder()
  const useless = verdictOf('credit-withheld', { opened: 2 })
  const rotateOnce = (from: number) =>
    watch(ladder, useless, from, from + 40_000, (effect, now) => {
      if (effect.type === 'rotate') ladder.take({ type: 'rotated' }, now)
    })
  rotateOnce(0)
  ladder.take({ type: 'verdict', verdict: HEALTHY }, 200_000)
  assert.deepEqual(rotateOnce(200_100).slice(0, 2), [
    [200_100, 'nudge'],
    [200_100 + patience, 'rotate'],
  ])
})
