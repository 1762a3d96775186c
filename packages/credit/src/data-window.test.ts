import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CreditAccount } from './account.ts'
import { type DataFrames, DataWatch, judgeData } from './data-window.ts'
import { StreamLedger } from './ledger.ts'

const frames = (dataBlocked: number, maxData = 0): DataFrames => ({ dataBlocked, maxData })

describe('DataWatch', () => {
  it('knows that a write waits for the connection when DATA_BLOCKED went out after it began to wait', () => {
    const watch = new DataWatch()
    watch.waits(1_000, () => frames(3))
    assert.equal(watch.blockedSince(frames(3)), null)
    assert.equal(watch.blockedSince(frames(4)), 1_000)
    watch.moves()
    assert.equal(watch.waiting, false)
    assert.equal(watch.blockedSince(frames(4)), null)
  })

  it('knows it all the same when more and more writes begin to wait behind it', () => {
    const watch = new DataWatch()
    watch.waits(1_000, () => frames(3))
    for (let now = 1_100; now < 1_500; now += 10) watch.waits(now, () => frames(4))
    assert.equal(watch.blockedSince(frames(4)), 1_000)
    watch.moves()
    assert.equal(watch.blockedSince(frames(4)), null)
  })

  it('counts from the write that the connection held up, and not from one that waited for its own stream long before', () => {
    const watch = new DataWatch()
    watch.waits(1_000, () => frames(3))
    watch.waits(60_000, () => frames(3))
    watch.waits(60_100, () => frames(4))
    assert.equal(watch.blockedSince(frames(4)), 60_000)
  })

  it('does not count the frames anew for each short write', () => {
    const watch = new DataWatch()
    let looks = 0
    const look = (): DataFrames => {
      looks += 1
      return frames(0)
    }
    for (let now = 0; now < 100; now += 1) {
      watch.waits(now, look)
      watch.moves()
    }
    assert.equal(looks, 2)
  })

  it('knows of the peer what its frames say: blocked, until more is given', () => {
    const watch = new DataWatch()
    assert.equal(watch.look(frames(0), 0), null)
    assert.equal(watch.look(frames(1), 100), 100)
    assert.equal(watch.look(frames(1), 900), 100)
    assert.equal(watch.look(frames(2, 1), 1_000), null)
  })
})

describe('judgeData', () => {
  const account = () => new CreditAccount({ layer: 'session', kind: 'bidi', opener: 'us' }, null)

  it('names the streams whose writes wait, when they have waited too long', () => {
    const streams = new StreamLedger(account())
    for (const id of [0, 4, 8]) streams.open(id, 0).own('/perf/1.0.0')
    for (const record of streams) if (record.id > 0) record.waitToWrite(true)
    const evidence = { layer: 'quic', writer: 'us', blockedSince: 1_000, frames: frames(1), streams } as const
    assert.equal(judgeData(evidence, 1_100, 200, 0), undefined)
    const found = judgeData(evidence, 1_500, 200, 0)
    assert.deepEqual([found?.code, found?.proof.streams, found?.proof.blockedFor], ['data-window', 2, 500])
    assert.deepEqual([found?.proof.oldest.id, found?.proof.owner], [4, { name: '/perf/1.0.0', streams: 2 }])
    assert.match(found?.summary ?? '', /no data could be written for 500 ms: .* and 2 streams wait; 2 of them are/)
  })

  it('lets our data be lost on its way before the peer is said not to read it', () => {
    const streams = new StreamLedger(account())
    streams.open(0, 0).waitToWrite(true)
    const evidence = { layer: 'session', writer: 'us', blockedSince: 1_000, frames: frames(1), streams } as const
    assert.equal(judgeData(evidence, 1_500, 200, 400), undefined)
    assert.equal(judgeData(evidence, 1_600, 200, 400)?.code, 'data-window')
  })

  it('names the streams that nobody reads when the peer is the one who waits', () => {
    const streams = new StreamLedger(account())
    const record = streams.open(0, 0)
    const evidence = { layer: 'quic', writer: 'them', blockedSince: 1_000, frames: frames(1), streams } as const
    assert.equal(judgeData(evidence, 1_500, 200, 0), undefined)
    record.leaveUnread(true)
    const ofSession = judgeData({ ...evidence, layer: 'session' }, 1_500, 200, 0)
    assert.equal(ofSession?.proof.layer, 'session')
    assert.match(ofSession?.summary ?? '', /WT_MAX_DATA/)
    assert.match(judgeData(evidence, 1_500, 200, 0)?.summary ?? '', /1 streams here have data that nobody reads/)
    assert.equal(judgeData(evidence, 1_500, 200, 1_000)?.code, 'data-window', 'what is unread here was not lost')
    record.endReceive('stopped', 1_400)
    assert.equal(judgeData(evidence, 1_500, 200, 0), undefined)
  })
})
