import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { bytes, ends, KINDS, OPENERS, withPair } from './pair.ts'

/** @param exact frames can be counted: nothing holds an acknowledgment up until the frame is sent again (RFC 9000, 13.3) */
export function creditSuite(engine: Engine, exact: boolean): void {
  for (const opener of OPENERS) {
    for (const kind of KINDS) {
      const limits = kind === 'bidi' ? { maxIncomingBidi: 3 } : { maxIncomingUni: 3 }
      const name = kind === 'bidi' ? 'Bidi' : 'Uni'

      test(`${kind} streams of the ${opener} are counted exactly at both ends`, () =>
        withPair(engine, { transport: limits }, async (pair) => {
          const { us, them } = ends(pair, opener)
          const counts = () => ({
            us: us.connection.streamCounts(kind, 'us'),
            them: them.connection.streamCounts(kind, 'them'),
          })
          assert.deepEqual(counts(), {
            us: { limit: 3, opened: 0, accepted: 0, retired: 0 },
            them: { limit: 3, opened: 0, accepted: 0, retired: 0 },
          })
          const [first, second] = [us.open(kind), us.open(kind)]
          await second.write(bytes(1))
          await them.until('streams', () => them.acceptable(kind) > 0)
          // Opening the second opened the first (RFC 9000, 3.2).
          assert.deepEqual(counts(), {
            us: { limit: 3, opened: 2, accepted: 2, retired: 0 },
            them: { limit: 3, opened: 2, accepted: 0, retired: 0 },
          })
          const [accepted] = [await them.accept(kind)]
          assert.equal(accepted.id, first.id)
          assert.equal(counts().them.accepted, 1)
        }))

      test(`without credit a ${kind} stream of the ${opener} is not opened, and STREAMS_BLOCKED says so once`, () =>
        withPair(engine, { transport: limits }, async (pair) => {
          const { us, them } = ends(pair, opener)
          assert.equal(us.openAll(kind).length, 3)
          assert.equal(us.tryOpen(kind), undefined)
          const field = `streamsBlocked${name}` as const
          await eventually('STREAMS_BLOCKED', () => them.connection.stats().frames.received[field] > 0)
          if (exact) {
            assert.equal(us.connection.stats().frames.sent[field], 1)
            assert.equal(them.connection.stats().frames.received[field], 1)
          }
          assert.equal(us.openable(kind), 0)
          await them.until('blocked', () => them.blocked(kind) > 0)
          if (exact) assert.equal(them.blocked(kind), 1)
          assert.equal(us.blocked(kind), 0)
        }))

      test(`a raised limit of ${kind} streams is told to the ${opener} although it had credit left`, () =>
        withPair(engine, { transport: limits }, async (pair) => {
          const { us, them } = ends(pair, opener)
          us.open(kind)
          const before = us.openable(kind)
          them.connection.grantStreams(kind, 2)
          await us.until('credit', () => us.openable(kind) > before)
          assert.equal(us.connection.streamCounts(kind, 'us').limit, 5)
        }))

      test(`a grant lets the ${opener} open exactly so many ${kind} streams more`, () =>
        withPair(engine, { transport: limits }, async (pair) => {
          const { us, them } = ends(pair, opener)
          them.connection.setMaxConcurrentStreams(kind, 0)
          assert.equal(us.openAll(kind).length, 3)
          for (const count of [1, 5]) {
            const seen = us.openable(kind)
            const before = us.connection.streamCounts(kind, 'us').limit
            them.connection.grantStreams(kind, count)
            assert.equal(them.connection.streamCounts(kind, 'them').limit, before + count)
            await us.until('credit', () => us.openable(kind) > seen)
            assert.equal(us.connection.streamCounts(kind, 'us').limit, before + count)
            assert.equal(us.openAll(kind).length, count)
          }
        }))

      test(`credit of ${kind} streams of the ${opener} comes back when both halves are gone`, () =>
        withPair(engine, { transport: limits }, async (pair) => {
          const { us, them } = ends(pair, opener)
          for (let round = 0; round < 5; round += 1) {
            const streams = us.openAll(kind)
            assert.ok(streams.length > 0)
            for (const stream of streams) stream.stream.finish()
            for (const _ of streams) {
              const theirs = await them.accept(kind)
              await theirs.readAll()
              if (kind === 'bidi') theirs.stream.finish()
            }
            if (kind === 'bidi') for (const stream of streams) await stream.readAll()
            // It may come in several raises, of this round and of the one before.
            await us.until('credit', () => {
              const { limit, opened } = us.connection.streamCounts(kind, 'us')
              return limit > opened
            })
          }
          const { opened } = us.connection.streamCounts(kind, 'us')
          await us.until('all retired', () => us.connection.streamCounts(kind, 'us').retired === opened)
        }))

      test(`${kind} streams of the ${opener} that nobody accepts keep their credit`, () =>
        withPair(engine, { transport: limits }, async (pair) => {
          const { us, them } = ends(pair, opener)
          for (const stream of us.openAll(kind)) stream.stream.finish()
          await them.until('streams', () => them.acceptable(kind) > 0)
          us.connection.sendDatagram(bytes(1))
          await them.receiveDatagram()
          const { limit, opened, accepted, retired } = them.connection.streamCounts(kind, 'them')
          assert.deepEqual({ limit, opened, accepted, retired }, { limit: 3, opened: 3, accepted: 0, retired: 0 })
          assert.equal(them.acceptable(kind), 1, 'reported once')
        }))

      test(`the limit of ${kind} streams of the ${opener} can be raised, and lowered for later, at run time`, () =>
        withPair(engine, { transport: limits }, async (pair) => {
          const { us, them } = ends(pair, opener)
          assert.equal(us.openAll(kind).length, 3)
          them.connection.setMaxConcurrentStreams(kind, 10)
          await us.until('credit', () => us.openable(kind) > 0)
          const opened = us.openAll(kind)
          assert.equal(opened.length, 7)
          them.connection.setMaxConcurrentStreams(kind, 2)
          assert.equal(us.connection.streamCounts(kind, 'us').limit, 10, 'nothing is taken back')
        }))
    }
  }

  test('what waits for the end of a batch is called once, after the callbacks of the batch', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const order: string[] = []
      const streams = [1, 2, 3].map(() => client.open('uni'))
      const { events } = server.connection
      const seen = Promise.withResolvers<void>()
      server.connection.events = {
        ...events,
        streamsAcceptable: (kind) => {
          server.connection.atEndOfBatch(() => {
            order.push('end')
            seen.resolve()
          })
          order.push('event')
          events.streamsAcceptable?.(kind)
        },
      }
      for (const { stream } of streams) stream.write(bytes(1))
      await seen.promise
      assert.deepEqual(order.slice(0, 2), ['event', 'end'])
      const later = Promise.withResolvers<void>()
      server.connection.atEndOfBatch(later.resolve)
      await later.promise
      assert.equal(order.filter((each) => each === 'end').length, order.filter((each) => each === 'event').length)
    }))

  test('bidi and uni credit are apart', () =>
    withPair(engine, { transport: { maxIncomingBidi: 0, maxIncomingUni: 2 } }, async ({ client }) => {
      assert.equal(client.tryOpen('bidi'), undefined)
      assert.equal(client.openAll('uni').length, 2)
      assert.equal(client.connection.streamCounts('bidi', 'us').limit, 0)
      assert.equal(client.connection.streamCounts('uni', 'us').limit, 2)
    }))

  test('a limit that nobody could mean is refused', () =>
    withPair(engine, {}, async ({ client }) => {
      for (const count of [-1, 0.5, Number.POSITIVE_INFINITY, 2 ** 52]) {
        assert.throws(() => client.connection.setMaxConcurrentStreams('bidi', count), { code: 'ERR_INVALID_OPTION' })
        assert.throws(() => client.connection.grantStreams('bidi', count), { code: 'ERR_INVALID_OPTION' })
      }
    }))
}
