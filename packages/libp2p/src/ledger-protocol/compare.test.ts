import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from './compare.ts'
import type { EndLedger, LedgerAccount, LedgerStream } from './end-ledger.ts'

function stream(id: number, age = 1_000): LedgerStream {
  return {
    id,
    kind: 'bidi',
    opener: 'us',
    owner: null,
    age,
    acceptedFor: age,
    send: 'open',
    receive: 'open',
    closedFor: null,
  }
}

function account(opener: 'us' | 'them', opened: number, retired: number): LedgerAccount {
  return {
    layer: 'session',
    kind: 'bidi',
    opener,
    limit: null,
    opened,
    accepted: opened,
    retired,
    waiting: 0,
    blockedFor: null,
  }
}

function ledger(ids: readonly number[], rest: Partial<EndLedger> = {}): EndLedger {
  return { exact: true, accounts: [], live: ids.length, streams: ids.map((id) => stream(id)), ...rest }
}

const still = (mine: EndLedger) => ({ before: mine, after: mine, elapsed: 50 })
const idsOf = (streams: readonly LedgerStream[]) => streams.map(({ id }) => id)

test('a stream that only one end thinks is closed is found by its id', () => {
  const found = compare(still(ledger([4, 8, 12])), ledger([8, 12, 16]))
  assert.equal(found.matchedBy, 'id')
  assert.deepEqual([idsOf(found.onlyOurs), idsOf(found.onlyTheirs)], [[4], [16]])
})

test('two ends that agree have nothing to show', () => {
  const found = compare(still(ledger([4, 8])), ledger([4, 8]))
  assert.deepEqual([found.onlyOurs, found.onlyTheirs], [[], []])
})

test('streams that came or went while the answer was under way are nobody’s fault', () => {
  const mine = { before: ledger([4]), after: ledger([8]), elapsed: 50 }
  // 4 went here after they had looked, 8 came here; 16 is so young there that its header may be under way.
  const found = compare(mine, ledger([], { live: 2, streams: [stream(4), stream(16, 20)] }))
  assert.deepEqual([found.onlyOurs, found.onlyTheirs], [[], []])
})

test('an end that lists its oldest streams only is not held to say anything of the others', () => {
  const theirs = ledger([4, 12], { live: 50 })
  const found = compare(still(ledger([4, 8, 12, 400, 5])), theirs)
  // 8 is older than a stream of its type that they list; 400 may be behind the end of their list, and so may 5.
  assert.deepEqual(idsOf(found.onlyOurs), [8])
})

test('accounts are laid side by side with the opener mirrored', () => {
  const ours = ledger([], { accounts: [account('us', 10, 4), account('them', 3, 3)] })
  const theirs = ledger([], { accounts: [account('them', 10, 9)] })
  const { accounts } = compare(still(ours), theirs)
  assert.deepEqual(
    accounts.map(({ surplus, theirs: other }) => [surplus, other?.opener ?? null]),
    [
      [5, 'them'],
      [null, null],
    ],
  )
})

test('where an end hides its ids only the counts are compared', () => {
  const browser = ledger([], { exact: false, live: 2, accounts: [account('them', 10, 8)] })
  const found = compare(still(ledger([4], { accounts: [account('us', 10, 9)] })), browser)
  assert.equal(found.matchedBy, 'count')
  assert.deepEqual([found.onlyOurs, found.onlyTheirs, found.accounts[0]?.surplus], [[], [], -1])
})
