/**
 * Collects what nobody holds, and gives back to the system what that leaves empty.
 *
 * @throws RangeError the process was not started with --expose-gc
 */
export function collectGarbage(): void {
  const { gc } = globalThis
  if (gc === undefined) throw new RangeError('start the process with --expose-gc')
  // Twice: what a finalizer lets go of is collected only the next time.
  for (let round = 0; round < 2; round += 1) gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
