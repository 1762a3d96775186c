import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Opener, Proof, Verdict } from '@sluice/credit'
import { proofOf } from '@sluice/credit/testing'
import { type Burst, whyTrue } from './truth.ts'

const AT = 100_000

function waited(opener: Opener, blockedFor: number): Proof {
  return proofOf({ account: { opener }, blockedFor, holders: { inUse: 100 } })
}

function tooSmall(opener: Opener, blockedFor: number): Verdict {
  return { code: 'limit-too-small', harmless: false, summary: '', proof: waited(opener, blockedFor) }
}

function why(verdict: Verdict, bursts: Partial<Record<Opener, readonly Burst[]>>, timerLate = 0): string | undefined {
  return whyTrue({ at: AT, verdict, timerLate }, (opener) => bursts[opener] ?? [])
}

test('a limit is too small while a burst goes on that began before the wait', () => {
  const burst = { from: AT - 500, to: undefined }
  assert.match(why(tooSmall('us', 450), { us: [burst] }) ?? '', /500 ms/)
  assert.equal(why(tooSmall('us', 450), { them: [burst] }), undefined, 'it is the other end that opens')
  assert.match(why(tooSmall('them', 450), { them: [burst] }) ?? '', /500 ms/)
})

test('a burst that was over, or that began after the wait, makes no limit too small', () => {
  assert.equal(why(tooSmall('us', 450), { us: [{ from: AT - 5_000, to: AT - 1_000 }] }), undefined)
  assert.equal(why(tooSmall('us', 4_500), { us: [{ from: AT - 500, to: undefined }] }), undefined)
})

test('an event loop is late when a timer of the same process was', () => {
  const proof = { ...waited('us', 400), eventLoopLag: 700 }
  const late: Verdict = { code: 'late-event-loop', harmless: false, summary: '', proof }
  assert.match(why(late, {}, 590) ?? '', /590 ms late/)
  assert.equal(why(late, {}, 300), undefined)
})

test('anything else is a false alarm, burst or not', () => {
  const verdict: Verdict = { code: 'half-open', harmless: false, summary: '', proof: waited('us', 450) }
  assert.equal(why(verdict, { us: [{ from: AT - 500, to: undefined }] }, 1_000), undefined)
})
