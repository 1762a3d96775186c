import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CreditAccount } from './account.ts'
import type { AccountEvidence } from './account-verdict.ts'
import { StreamLedger } from './ledger.ts'
import { evidence, finished, QUIET, type Scene, untouched } from './testing/scene.ts'
import { accountProof, judge, type Verdict } from './verdict.ts'

describe('a limit that the platform hides', () => {
  const hidden = (scene: Scene): AccountEvidence => {
    const made = evidence({ ...scene, window: null })
    return { ...made, account: { ...made.account, limit: null, available: null } }
  }
  const found = (scene: Scene): Verdict => judge({ ...QUIET, accounts: [hidden(scene)] })

  it('leaves what is known of our own streams', () => {
    assert.equal(found({ opener: 'us', live: [[5, 5_000, finished]], waitsFor: 1_000 }).code, 'half-open')
    assert.equal(found({ opener: 'us', live: [[5, 5_000, untouched]] }).code, 'healthy')
    const busy = found({ opener: 'us', live: [[5, 5_000, untouched]], waitsFor: 1_000 })
    assert.equal(busy.code, 'limit-too-small')
    assert.match(busy.summary, /5 are in use at once against a limit that the platform hides/)
  })

  it('is known to allow as many as were live at once, so that the peer holds the others', () => {
    const account = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, null)
    const ledger = new StreamLedger(account)
    const records = Array.from({ length: 100 }, (_, id) => ledger.open(id, 0))
    for (const record of records.slice(0, 90)) ledger.retire(record, 1_000)
    account.wait(9_000)
    const withheld = judge({
      ...QUIET,
      accounts: [{ ...hidden({ opener: 'us' }), account: account.snapshot(), streams: ledger, peak: ledger.peak }],
    })
    assert.deepEqual([withheld.code, accountProof(withheld)?.unreturned], ['credit-withheld', 90])
    assert.match(withheld.summary, /100 were live at once before and 10 are now/)
  })

  it('does not hide that a peer gives nothing at all', () => {
    const none = found({ opener: 'us', waitsFor: 1_000 })
    assert.equal(none.code, 'credit-withheld')
    assert.match(none.summary, /nothing is live here, so the peer gives no credit/)
  })
})
