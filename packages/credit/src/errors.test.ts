import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CreditAccount } from './account.ts'
import { NoStreamCreditError, SluiceError } from './errors.ts'
import { evidence, type Scene, verdict } from './testing/scene.ts'

/** A concrete error of a layer above. */
class ProbeError extends SluiceError {
  override readonly code = 'ERR_PROBE'
}

describe('SluiceError', () => {
  it('carries the name of its class, a code and the cause', () => {
    const cause = new Error('below')
    const error = new ProbeError('above', { cause })
    assert.equal(error.name, 'ProbeError')
    assert.equal(error.code, 'ERR_PROBE')
    assert.equal(error.cause, cause)
    assert.ok(error instanceof Error)
  })

  it('is our own doing unless said otherwise', () => {
    assert.equal(new ProbeError('ours').remote, false)
    assert.equal(new ProbeError('theirs', { remote: true }).remote, true)
  })
})

describe('NoStreamCreditError', () => {
  const account = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, 1)
  account.open()

  it('carries the account at the moment of giving up and blames the owner of the limit', () => {
    const error = new NoStreamCreditError(account.snapshot(), 10_000)
    account.raise(2)
    assert.equal(error.code, 'ERR_NO_STREAM_CREDIT')
    assert.equal(error.remote, true)
    assert.equal(error.account.limit, 1)
    assert.match(error.message, /bidi .* 10000 ms: 1 opened against a limit of 1, 1 still alive/)
  })

  it('does not pretend to know a limit that the platform hides', () => {
    const hidden = new CreditAccount({ layer: 'session', kind: 'uni', opener: 'us' }, null)
    assert.match(new NoStreamCreditError(hidden.snapshot(), 1).message, /a limit that this platform hides/)
  })

  it('carries the verdict and says it', () => {
    const scene: Scene = { opener: 'us', over: 16, waitsFor: 1_000 }
    const found = verdict(scene)
    const error = new NoStreamCreditError(evidence(scene).account, 1_000, found)
    assert.equal(error.verdict, found)
    assert.match(error.message, /Verdict credit-withheld: .* has not given back the credit of 16 that are over\.$/)
  })
})
