import type { TestContext } from 'node:test'

/** Collects what surfaces as uncaught exceptions during a test, which then do not fail it. */
export function collectUncaught(t: TestContext): unknown[] {
  const others = process.listeners('uncaughtException')
  const seen: unknown[] = []
  const collect = (error: unknown): void => {
    seen.push(error)
  }
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', collect)
  t.after(() => {
    process.off('uncaughtException', collect)
    for (const other of others) process.on('uncaughtException', other)
  })
  return seen
}
