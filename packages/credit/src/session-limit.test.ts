import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccountEvidence } from './account-verdict.ts'
import type { StreamRecord } from './live-stream.ts'
import { closed, evidence, finished, QUIET, type Scene, untouched } from './testing/scene.ts'
import { accountProof, judge } from './verdict.ts'

describe('a limit of the session', () => {
  const ofSession = (scene: Scene): AccountEvidence => {
    const made = evidence(scene)
    return { ...made, account: { ...made.account, layer: 'session' } }
  }

  it('is told from that of QUIC, which has credit left', () => {
    const quic = evidence({ opener: 'us', raised: 100, live: [[16, 5_000, finished]], waitsFor: 1_000 })
    const session = ofSession({ opener: 'us', live: [[16, 5_000, finished]], waitsFor: 1_000 })
    const found = judge({ ...QUIET, accounts: [quic, session] })
    assert.equal(found.code, 'session-limit')
    assert.equal(accountProof(found)?.account.layer, 'session')
    assert.match(found.summary, /16 of 16 have one half left, .*; the limit of 16 is WT_MAX_STREAMS, not QUIC's$/)
  })

  const each: readonly (readonly [what: string, happened: (record: StreamRecord) => void, said: RegExp])[] = [
    ['in use', untouched, /16 are in use at once/],
    ['half open', finished, /16 of 16 have one half left/],
    ['closed', closed, /16 of 16 are closed here/],
  ]
  for (const [what, happened, said] of each) {
    it(`says who holds it: streams that are ${what}`, () => {
      const session = ofSession({ opener: 'us', live: [[16, 5_000, happened]], waitsFor: 1_000 })
      assert.match(judge({ ...QUIET, accounts: [session] }).summary, said)
    })
  }

  it('has harmless refills too', () => {
    const session = ofSession({ opener: 'us', over: 16, overFor: 20, waitsFor: 50 })
    assert.equal(judge({ ...QUIET, accounts: [session] }).code, 'refill-pending')
  })
})
