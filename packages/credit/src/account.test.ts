import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type AccountKey, CreditAccount } from './account.ts'

const key: AccountKey = { layer: 'quic', kind: 'bidi', opener: 'them' }

/** What may happen to an account, in the order in which a connection could report it. */
type Step =
  | { readonly name: 'raise'; readonly limit: number }
  | { readonly name: 'open' | 'accept' | 'retire' | 'unwait' }
  | { readonly name: 'wait'; readonly now: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ name: fc.constant('raise' as const), limit: fc.nat(500) }),
    fc.record({ name: fc.constantFrom('open' as const, 'accept' as const, 'retire' as const, 'unwait' as const) }),
    fc.record({ name: fc.constant('wait' as const), now: fc.nat(10_000) }),
  ),
  { maxLength: 200 },
)

/** Applies a step where it is possible; what is impossible must throw and change nothing. */
function apply(account: CreditAccount, step: Step): void {
  const { opened, accepted, retired, waiting } = account.snapshot()
  const possible: Record<Step['name'], boolean> = {
    raise: true,
    open: true,
    wait: true,
    accept: accepted < opened,
    retire: retired < opened,
    unwait: waiting > 0,
  }
  if (possible[step.name]) {
    perform(account, step)
    return
  }
  const before = account.snapshot()
  assert.throws(() => perform(account, step), RangeError)
  assert.deepEqual(account.snapshot(), before)
}

function perform(account: CreditAccount, step: Step): void {
  if (step.name === 'raise') account.raise(step.limit)
  else if (step.name === 'wait') account.wait(step.now)
  else account[step.name]()
}

/** Runs `property` on the account after each step of every generated history. */
function always(limit: fc.Arbitrary<number | null>, property: (account: CreditAccount) => void): void {
  fc.assert(
    fc.property(limit, steps, (initial, history) => {
      const account = new CreditAccount(key, initial)
      for (const step of history) {
        apply(account, step)
        property(account)
      }
    }),
  )
}

const anyLimit = fc.option(fc.nat(100), { nil: null })

describe('CreditAccount', () => {
  it('keeps opened = live + retired through every history', () => {
    always(anyLimit, (account) => {
      const { opened, live, retired } = account.snapshot()
      assert.equal(live + retired, opened)
      assert.ok(live >= 0)
    })
  })

  it('never accepts or retires more than was opened', () => {
    always(anyLimit, (account) => {
      const { opened, accepted, retired } = account.snapshot()
      assert.ok(accepted <= opened && retired <= opened)
    })
  })

  it('never says that fewer than no streams are available', () => {
    always(fc.nat(100), (account) => {
      const { available, limit, opened } = account.snapshot()
      assert.equal(available, Math.max(0, (limit ?? 0) - opened))
    })
  })

  it('knows what is available exactly when it knows the limit', () => {
    always(anyLimit, (account) => {
      const { available, limit } = account.snapshot()
      assert.equal(available === null, limit === null)
    })
  })

  it('is blocked exactly while an open waits', () => {
    always(anyLimit, (account) => {
      const { blockedSince, waiting } = account.snapshot()
      assert.equal(blockedSince !== null, waiting > 0)
    })
  })

  it('ignores a limit that is not higher, which is an old frame (RFC 9000, 4.6)', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.nat(1000)), (initial, limits) => {
        const account = new CreditAccount(key, initial)
        for (const limit of limits) account.raise(limit)
        assert.equal(account.snapshot().limit, Math.max(initial, ...limits))
      }),
    )
  })

  it('gives no credit back for a retired stream until the owner raises the limit', () => {
    const account = new CreditAccount(key, 1)
    account.open()
    account.retire()
    assert.equal(account.live, 0)
    assert.equal(account.available, 0)
    account.raise(2)
    assert.equal(account.available, 1)
  })

  it('knows when an open that had waited last got its stream, and leaves alone those that gave up', () => {
    const account = new CreditAccount(key, 0)
    for (const now of [10, 20, 30]) account.wait(now)
    account.unwait()
    assert.equal(account.lastServedAt, null)
    account.serve(40)
    assert.deepEqual([account.lastServedAt, account.snapshot().waiting], [40, 1])
  })

  it('is blocked since the first open that waits, and anew after the last has gone', () => {
    const account = new CreditAccount(key, 0)
    account.wait(10)
    account.wait(20)
    account.unwait()
    assert.equal(account.snapshot().blockedSince, 10)
    account.unwait()
    account.wait(30)
    assert.equal(account.snapshot().blockedSince, 30)
  })

  it('takes over the counts of an engine as they are, and keeps its own waits', () => {
    const account = new CreditAccount(key, null)
    account.wait(5)
    account.set({ limit: 100, opened: 100, accepted: 98, retired: 3 })
    assert.deepEqual(account.snapshot(), {
      ...key,
      limit: 100,
      opened: 100,
      accepted: 98,
      retired: 3,
      live: 97,
      available: 0,
      waiting: 1,
      blockedSince: 5,
    })
  })

  it('hands out a snapshot that later changes leave alone', () => {
    const account = new CreditAccount(key, 10)
    const before = account.snapshot()
    account.open()
    assert.equal(before.opened, 0)
    assert.equal(account.snapshot().opened, 1)
  })
})
