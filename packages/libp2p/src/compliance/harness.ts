import assert from 'node:assert/strict'
import * as node from 'node:test'

/** What mocha hands to the callbacks of a suite as `this`, as far as the suites of js-libp2p use it. */
interface MochaContext {
  timeout(): void
  skip(): void
}

type Body = (this: MochaContext) => unknown

/** Tests that ask for what a transport cannot give, by title, with the reason. The list only ever shrinks. */
export type Exceptions = Readonly<Record<string, string>>

/**
 * Runs a suite written for mocha under node:test, and then demands that exactly `total` tests passed: a test that
 * skipped itself, or was never registered, cannot pass unseen. The exceptions run too and may fail.
 */
export async function runSuite(
  name: string,
  total: number,
  register: () => Promise<void>,
  exceptions: Exceptions = {},
): Promise<void> {
  let passed = 0
  const skipped: string[] = []
  const context: MochaContext = { timeout() {}, skip() {} }
  const hook = (add: (body: () => Promise<void>) => void) => (body: Body) =>
    add(async () => {
      await body.call(context)
    })
  Object.assign(globalThis, {
    describe: (title: string, body: Body) => node.describe(title, () => void body.call(context)),
    it: (title: string, body: Body) =>
      node.it(title, async (t) => {
        let skip = false
        const reason = exceptions[title]
        try {
          await body.call({
            timeout() {},
            skip() {
              skip = true
              t.skip()
            },
          })
        } catch (error) {
          if (reason === undefined) throw error
          t.diagnostic(`listed exception: ${reason}`)
        }
        if (skip) skipped.push(title)
        else passed += 1
      }),
    before: hook(node.before),
    after: hook(node.after),
    beforeEach: hook(node.beforeEach),
    afterEach: hook(node.afterEach),
  })
  await register()
  const listed = Object.keys(exceptions).length
  node.test(`${name}: ${total} of ${total} ran, all but ${listed} must pass`, () => {
    assert.deepEqual({ passed, skipped }, { passed: total, skipped: [] })
  })
}
