import type { MemoryReport } from '../../peers/memory.ts'

/** What browsers have under the switches of `BrowserOptions.memory`. */
interface Instruments {
  /** Chromium with --js-flags=--expose-gc. */
  readonly gc?: () => void
  /** Firefox with dom.testing.testutils.enabled. */
  readonly TestUtils?: { gc(): Promise<undefined> }
}

/** Chromium only. */
interface MeasuredPerformance extends Performance {
  readonly memory?: { readonly usedJSHeapSize: number }
}

/** Collects garbage and says what the page's heap holds. @throws RangeError the browser was started without switches */
export async function pageMemory(): Promise<MemoryReport> {
  const { gc, TestUtils } = globalThis as Instruments
  if (gc === undefined && TestUtils === undefined) {
    throw new RangeError('memory can be told only after a garbage collection: launch the browser with its switches')
  }
  // Twice: what a finalizer lets go of is collected only the next time.
  for (let round = 0; round < 2; round++) {
    gc?.()
    await TestUtils?.gc()
  }
  const { memory } = performance as MeasuredPerformance
  return { heap: memory?.usedJSHeapSize ?? null, resident: null }
}
