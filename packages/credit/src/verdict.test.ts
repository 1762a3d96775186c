import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CreditAccount } from './account.ts'
import { judgeData } from './data-window.ts'
import { StreamLedger } from './ledger.ts'
import { evidence, finished, NOW, QUIET, type Scene, untouched, verdict } from './testing/scene.ts'
import type { Millis } from './types.ts'
import { judge } from './verdict.ts'

describe('judge', () => {
  it('says that the session is over, whatever its streams did', () => {
    const accounts = [evidence({ opener: 'them', live: [[16, 5_000, untouched]] })]
    const { code, proof } = judge({ ...QUIET, over: true, accounts })
    assert.deepEqual([code, proof], ['session-gone', null])
  })

  it('prefers trouble in one account to what is harmless in another', () => {
    const harmless: Scene = { opener: 'us', over: 16, overFor: 20, waitsFor: 50 }
    assert.equal(verdict(harmless, { opener: 'them', live: [[16, 5_000, untouched]] }).code, 'not-accepted')
    assert.equal(verdict({ opener: 'them' }, harmless).code, 'refill-pending')
  })

  it('takes streams that cannot end for want of a data window for what they are, and not for too many', () => {
    const accounts = [evidence({ opener: 'us', live: [[16, 700, untouched]], waitsFor: 600 })]
    const streams = new StreamLedger(new CreditAccount({ layer: 'session', kind: 'bidi', opener: 'us' }, null))
    streams.open(0, NOW - 700).waitToWrite(true)
    const frames = { dataBlocked: 1, maxData: 0 }
    const wait = { layer: 'quic', writer: 'us', blockedSince: NOW - 600, frames, streams } as const
    const data = (...times: [Millis, Millis, Millis]) => [wait].flatMap((each) => judgeData(each, ...times) ?? [])
    assert.equal(judge({ ...QUIET, accounts }).code, 'limit-too-small')
    assert.equal(judge({ ...QUIET, accounts, data }).code, 'data-window')
    assert.equal(judge({ ...QUIET, accounts, data, lossTime: 10_000 }).code, 'healthy', 'it may be lost on its way')
    const forgotten = [evidence({ opener: 'us', live: [[16, 700, finished]], waitsFor: 600 })]
    assert.equal(judge({ ...QUIET, accounts: forgotten, data }).code, 'half-open')
  })
})

describe('a late event loop', () => {
  const stalled: Scene = { opener: 'us', live: [[16, 700, finished]], waitsFor: 600 }

  it('is named in place of what only seems wrong because nothing that came was seen', () => {
    const found = judge({ ...QUIET, eventLoopLag: 500, accounts: [evidence(stalled)] })
    assert.equal(found.code, 'late-event-loop')
    assert.equal(found.harmless, false)
    assert.equal(found.code === 'late-event-loop' && found.proof.eventLoopLag, 500)
    assert.match(found.summary, /held up for 500 ms; meanwhile no bidi stream could be opened for 600 ms: 16 of 16/)
  })

  it('excuses nothing that has lasted longer', () => {
    const long: Scene = { ...stalled, live: [[16, 900, finished]], waitsFor: 800 }
    const found = judge({ ...QUIET, eventLoopLag: 300, accounts: [evidence(long)] })
    assert.equal(found.code, 'half-open')
  })

  it('is the reason why streams live too long for a limit', () => {
    const busy: Scene = { opener: 'us', live: [[16, 5_000, untouched]], waitsFor: 4_000 }
    assert.equal(judge({ ...QUIET, eventLoopLag: 300, accounts: [evidence(busy)] }).code, 'late-event-loop')
    assert.equal(judge({ ...QUIET, eventLoopLag: 20, accounts: [evidence(busy)] }).code, 'limit-too-small')
  })

  it('is no trouble to a session where nobody waits', () => {
    assert.equal(judge({ ...QUIET, eventLoopLag: 5_000, accounts: [evidence({ opener: 'us' })] }).code, 'healthy')
  })
})
