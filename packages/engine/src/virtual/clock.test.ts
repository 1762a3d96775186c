import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from './clock.ts'

const never = () => false

test('events come in the order of their time, and in that of their making at one time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 })), async (delays) => {
      const clock = new VirtualClock()
      const seen: [delay: number, made: number, now: number][] = []
      for (const [made, delay] of delays.entries()) clock.after(delay, () => seen.push([delay, made, clock.now()]))
      assert.equal(await clock.run(100, never), 'idle')
      const expected = delays.map((delay, made) => [delay, made, delay])
      assert.deepEqual(
        seen,
        expected.toSorted(([a = 0, m = 0], [b = 0, n = 0]) => a - b || m - n),
      )
    }),
  )
})

test('an event that was cancelled does not come', async () => {
  const clock = new VirtualClock()
  const cancel = clock.after(1, () => assert.fail())
  cancel()
  assert.equal(await clock.run(10, never), 'idle')
  assert.equal(clock.now(), 0)
})

test('what an event sets going with promises and immediates is done before time passes', async () => {
  const clock = new VirtualClock()
  const seen: string[] = []
  clock.after(1, () => {
    void Promise.resolve()
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => seen.push(`immediate ${clock.now()}`))
    clock.after(0, () => seen.push(`same moment ${clock.now()}`))
  })
  clock.after(2, () => seen.push(`next ${clock.now()}`))
  await clock.run(10, never)
  assert.deepEqual(seen, ['immediate 1', 'same moment 1', 'next 2'])
})

test('it stops when what was waited for holds, and goes on from there', async () => {
  const clock = new VirtualClock()
  let fired = 0
  for (const delay of [1, 2, 3]) clock.after(delay, () => fired++)
  assert.equal(await clock.run(10, () => fired === 2), 'done')
  assert.equal(clock.now(), 2)
  assert.equal(await clock.run(10, never), 'idle')
  assert.equal(fired, 3)
})

test('it stops at the bound, and its time is then the bound', async () => {
  const clock = new VirtualClock()
  clock.after(50, () => assert.fail())
  assert.equal(await clock.run(20, never), 'bound')
  assert.equal(clock.now(), 20)
})

test('what an event throws ends the run', async () => {
  const clock = new VirtualClock()
  clock.after(1, () => {
    throw new RangeError('on purpose')
  })
  await assert.rejects(clock.run(10, never), RangeError)
})

test('a callback that asks to be called at once for ever is found out', async () => {
  const clock = new VirtualClock()
  const again = (): void => void clock.after(0, again)
  again()
  await assert.rejects(clock.run(10, never), RangeError)
})
