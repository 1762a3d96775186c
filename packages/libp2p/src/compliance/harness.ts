import assert from 'node:assert/strict'
import * as node from 'node:test'

/** What mocha hands to the callbacks of a suite as `this`, as far as the suites of js-libp2p use it. */
interface MochaContext {
  timeout(): void
  skip(): void
}

type Body = (this: MochaContext) => unknown

/**
 * Runs a suite written for mocha under node:test, and then demands that exactly `total` tests passed: a test that
 * skipped itself, or was never registered, cannot pass unseen.
 */
export async function runSuite(name: string, total: number, register: () => Promise<void>): Promise<void> {
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
        await body.call({
          timeout() {},
          skip() {
            skip = true
            t.skip()
          },
        })
        if (skip) skipped.push(title)
        else passed += 1
      }),
    before: hook(node.before),
    after: hook(node.after),
    beforeEach: hook(node.beforeEach),
    afterEach: hook(node.afterEach),
  })
  await register()
  node.test(`${name}: ${total} of ${total} passed`, () => {
    assert.deepEqual({ passed, skipped }, { passed: total, skipped: [] })
  })
}
