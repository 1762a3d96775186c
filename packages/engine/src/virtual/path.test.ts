import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Path, type PathConditions } from './path.ts'
import { seededRandom } from './random.ts'

const datagram = (length = 100): Uint8Array => new Uint8Array(length)

function arrivals(conditions: PathConditions, count = 1_000): number[][] {
  const path = new Path(seededRandom(7))
  return Array.from({ length: count }, (_, index) => path.carry(datagram(), conditions, index))
}

test('a perfect wire brings every datagram once, at once', () => {
  assert.deepEqual(arrivals({}, 3), [[0], [1], [2]])
})

test('the delay is added to each', () => {
  assert.deepEqual(arrivals({ delay: 30 }, 2), [[30], [31]])
})

test('jitter changes the time and keeps the order', () => {
  const times = arrivals({ delay: 10, jitter: 50 }).flat()
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.ok(times.some((time, index) => time - index > 30))
})

test('the shares that are lost and doubled are those that were asked for', () => {
  const copies = arrivals({ loss: 0.2, duplicate: 0.1 }).map(({ length }) => length)
  const share = (wanted: number) => copies.filter((count) => count === wanted).length / copies.length
  assert.ok(Math.abs(share(0) - 0.2) < 0.05)
  assert.ok(Math.abs(share(2) - 0.08) < 0.03)
})

test('a share is overtaken', () => {
  const times = arrivals({ delay: 20, reorder: 0.1 }).flat()
  assert.ok(times.some((time, index) => index > 0 && time < (times[index - 1] ?? 0)))
})

test('bandwidth spaces datagrams, and a full queue drops them', () => {
  const path = new Path(seededRandom(1))
  const conditions: PathConditions = { bandwidth: 10, queue: 25 }
  const times = Array.from({ length: 5 }, () => path.carry(datagram(), conditions, 0))
  assert.deepEqual(times, [[10], [20], [30], [], []])
})

test('what is larger than the path takes does not pass, and nothing passes a path that is blocked', () => {
  const path = new Path(seededRandom(1))
  assert.equal(path.carry(datagram(1_300), { mtu: 1_280 }, 0).length, 0)
  assert.equal(path.carry(datagram(1_280), { mtu: 1_280 }, 0).length, 1)
  assert.equal(path.carry(datagram(), { blocked: true }, 0).length, 0)
})

test('a corrupted datagram differs in one bit', () => {
  const data = datagram()
  new Path(seededRandom(1)).carry(data, { corrupt: 1 }, 0)
  assert.equal(data.filter((byte) => byte !== 0).length, 1)
})

test('nothing arrives before it was sent, whatever the conditions', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const time = fc.double({ min: 0, max: 1_000, noNaN: true })
  const conditions = fc.record({ delay: time, jitter: time, loss: share, duplicate: share, reorder: share })
  fc.assert(
    fc.property(fc.integer(), conditions, fc.array(time), (seed, given, gaps) => {
      const path = new Path(seededRandom(seed))
      let now = 0
      for (const gap of gaps) {
        now += gap
        for (const arrival of path.carry(datagram(), given, now)) assert.ok(arrival >= now + given.delay)
      }
    }),
  )
})
