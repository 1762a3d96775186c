import type { MemoryReport } from '../peers/memory.ts'

/** @throws RangeError the process was not started with --expose-gc */
export async function nodeMemory(): Promise<MemoryReport> {
  const { gc } = globalThis
  if (gc === undefined)
    throw new RangeError('memory can be told only after a garbage collection: start with --expose-gc')
  // Twice: what a finalizer lets go of is collected only the next time.
  for (let round = 0; round < 2; round++) {
    await gc({ type: 'major', execution: 'async' })
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, resident: rss }
}
