import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CreditAccount } from './account.ts'
import { StreamLedger } from './ledger.ts'
import { NEWER, OLDER, type StreamRecord } from './live-stream.ts'
import type { Opener, StreamKind } from './types.ts'

function ledger(opener: Opener = 'us', kind: StreamKind = 'bidi', limit: number | null = null): StreamLedger {
  return new StreamLedger(new CreditAccount({ layer: 'session', kind, opener }, limit))
}

const ids = (records: Iterable<StreamRecord>): number[] => Array.from(records, ({ id }) => id)

describe('StreamLedger', () => {
  it('keeps opened = live + retired over any order of events, and lists live streams oldest first', () => {
    const theirs = ledger('them', 'bidi', 1_000)
    const live: StreamRecord[] = []
    let gone: StreamRecord | undefined
    let opened = 0
    let seed = 7
    for (let now = 0; now < 5_000; now += 1) {
      seed = (seed * 48_271) % 0x7fffffff
      const { available } = theirs.account.snapshot()
      if (seed % 2 === 0 && (available ?? 0) > 0) {
        const record = theirs.open(opened * 4, now)
        record.accept(now)
        live.push(record)
        opened += 1
      } else {
        gone = live.splice(seed % (live.length + 1), 1)[0] ?? gone
        if (gone !== undefined) {
          theirs.retire(gone, now)
          theirs.retire(gone, now)
        }
      }
      const account = theirs.account.snapshot()
      assert.deepEqual([account.opened, account.live, account.retired], [opened, live.length, opened - live.length])
      assert.ok((account.available ?? 0) >= 0)
      assert.deepEqual(ids(theirs), ids(live))
    }
  })

  it('counts a stream that the other end can never learn of as never opened', () => {
    const ours = ledger('us', 'bidi', 2)
    const [first, second] = [ours.open(0, 0), ours.open(4, 0)]
    ours.withdraw(first)
    ours.withdraw(first)
    const { opened, accepted, live, available } = ours.account.snapshot()
    assert.deepEqual([opened, accepted, live, available], [1, 1, 1, 1])
    assert.deepEqual(ids(ours), [4])
    ours.retire(second, 1)
    ours.withdraw(second)
    assert.equal(ours.account.snapshot().opened, 1)
    assert.throws(() => ours.account.withdraw(), RangeError)
  })

  it('ignores a stream that is not live, or not live here, and never counts one twice', () => {
    const ours = ledger()
    const others = ledger()
    const record = ours.open(0, 0)
    const other = others.open(0, 0)
    ours.retire(other, 1)
    ours.withdraw(other)
    assert.deepEqual([ours.account.live, others.account.live, ids(ours), ids(others)], [1, 1, [0], [0]])
    ours.retire(record, 2)
    ours.retire(record, 3)
    assert.deepEqual([ours.account.snapshot().retired, ours.lastRetiredAt], [1, 2])
    assert.deepEqual([...ours], [])
  })

  it('holds nothing once every stream that it lists was retired, while it lists them', () => {
    const ours = ledger()
    for (const id of [0, 4, 8]) ours.open(id, 0)
    const listed: number[] = []
    for (const record of ours) {
      listed.push(record.id)
      ours.retire(record, 9)
    }
    assert.deepEqual(listed, [0, 4, 8])
    assert.deepEqual([ours.account.live, [...ours].length], [0, 0])
  })

  it('lists what was live when it began, oldest first, whichever streams come and go while it lists them', () => {
    const steps = fc.array(fc.array(fc.nat(15), { maxLength: 4 }), { maxLength: 16 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), steps, (count, retiredAt) => {
        const ours = ledger()
        const all = Array.from({ length: count }, (_, index) => ours.open(index * 4, 0))
        const gone = new Set<number>()
        const listed: number[] = []
        for (const { id } of ours) {
          for (const index of retiredAt[listed.length] ?? []) {
            const record = all[index % count]
            if (record === undefined) continue
            ours.retire(record, 1)
            gone.add(record.id)
          }
          if (listed.length === 0) all.push(ours.open(count * 4, 1))
          listed.push(id)
        }
        assert.deepEqual(listed, ids(all).slice(0, count))
        const left = ids(all).filter((id) => !gone.has(id))
        assert.deepEqual(ids(ours), left)
        assert.equal(ours.account.live, left.length)
      }),
    )
  })

  it('lets go of every other stream with the one that is over, for whoever keeps that one', () => {
    const ours = ledger()
    const records = [0, 4, 8].map((id) => ours.open(id, 0))
    for (const record of records) ours.retire(record, 1)
    for (const record of records) assert.ok(record[OLDER] === record && record[NEWER] === record)
  })

  it('knows how long streams live and when one last came and went', () => {
    const ours = ledger()
    assert.deepEqual([ours.lifetime, ours.lastOpenedAt, ours.lastRetiredAt], [null, null, null])
    ours.retire(ours.open(0, 10), 110)
    ours.retire(ours.open(4, 200), 216 + 100)
    assert.deepEqual([ours.lifetime, ours.lastOpenedAt, ours.lastRetiredAt], [101, 200, 316])
  })
})

describe('StreamRecord', () => {
  it('is taken by the application once: at once where we opened it', () => {
    assert.equal(ledger('us').open(0, 5).acceptedAt, 5)
    const record = ledger('them').open(1, 5)
    assert.equal(record.acceptedAt, null)
    record.accept(8)
    assert.equal(record.acceptedAt, 8)
    assert.throws(() => record.accept(9), RangeError)
  })

  it('has only the halves of its kind', () => {
    const halves = (opener: Opener, kind: StreamKind) => {
      const { send, receive } = ledger(opener, kind).open(0, 0)
      return [send, receive]
    }
    assert.deepEqual(halves('us', 'bidi'), ['open', 'open'])
    assert.deepEqual(halves('them', 'bidi'), ['open', 'open'])
    assert.deepEqual(halves('us', 'uni'), ['open', null])
    assert.deepEqual(halves('them', 'uni'), [null, 'open'])
  })

  it('is closed when its last half is over, however often that is said', () => {
    const record = ledger().open(0, 0)
    record.acknowledge()
    record.finish(1)
    record.finish(2)
    record.acknowledge()
    assert.deepEqual([record.send, record.receive, record.closedAt], ['ended', 'open', null])
    record.endReceive('ended', 3)
    record.endReceive('stopped', 4)
    record.reset(5)
    assert.deepEqual(record.snapshot(), {
      id: 0,
      kind: 'bidi',
      opener: 'us',
      owner: null,
      openedAt: 0,
      acceptedAt: 0,
      send: 'ended',
      receive: 'ended',
      closedAt: 3,
      bytesRead: 0,
      bytesWritten: 0,
    })
  })

  it('is called what its owner is called when it is asked, and counts what the application read and wrote', () => {
    const record = ledger().open(0, 0)
    assert.equal(record.owner, null)
    const owner: { owner: string | undefined } = { owner: undefined }
    record.own(owner)
    assert.equal(record.snapshot().owner, null)
    owner.owner = '/ipfs/ping/1.0.0'
    assert.equal(record.snapshot().owner, '/ipfs/ping/1.0.0')
    record.own('by another name')
    record.read(3, 1)
    record.wrote(5, 2)
    record.wrote(2, 3)
    record.wrote(0, 4)
    assert.equal(record.movedAt, 3)
    const { owner: name, bytesRead, bytesWritten } = record.snapshot()
    assert.deepEqual([name, bytesRead, bytesWritten], ['by another name', 3, 7])
  })

  it('lets a reset overtake a FIN that is not acknowledged', () => {
    const record = ledger('us', 'uni').open(2, 0)
    record.finish(1)
    record.reset(2)
    record.acknowledge()
    assert.deepEqual([record.send, record.closedAt], ['reset', 1])
  })
})
