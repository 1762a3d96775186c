import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccountSnapshot, NoStreamCreditError } from '@sluice/credit'
import { faultsOf } from './refusal.ts'

const account: AccountSnapshot = {
  layer: 'quic',
  kind: 'bidi',
  opener: 'us',
  limit: 32,
  opened: 32,
  accepted: 32,
  retired: 2,
  live: 30,
  available: 0,
  waiting: 1,
  blockedSince: 0,
}

test('an open that fails in another way, or with less than all of it, is at fault', () => {
  assert.equal(faultsOf({ error: new Error('nothing'), waited: 0 }, 32, 1_000).length, 1)
  const bare = { error: new NoStreamCreditError(account, 1_000), waited: 1_000 }
  assert.deepEqual(faultsOf(bare, 32, 1_000), ['names no oldest stream'])
  assert.deepEqual(faultsOf(bare, 64, 1_000), ['tells of a limit of 32', 'names no oldest stream'])
  assert.deepEqual(faultsOf({ ...bare, waited: 2_000 }, 32, 1_000), ['failed after 2000 ms', 'names no oldest stream'])
})
