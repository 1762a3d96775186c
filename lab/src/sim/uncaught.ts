import { ApplicationFault, NotInTimeError } from './errors.ts'

/**
 * Does something, and notes what it throws, and what surfaces as an uncaught exception meanwhile. What applications of
 * the simulator throw on purpose has to surface, and is no fault.
 */
export async function noting(faults: string[], body: () => Promise<void>): Promise<void> {
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (!(error instanceof ApplicationFault)) faults.push(`uncaught: ${describe(error)}`)
  })
  try {
    await body()
  } catch (error) {
    faults.push(describe(error))
  } finally {
    process.setUncaughtExceptionCaptureCallback(null)
  }
}

function describe(error: unknown): string {
  if (error instanceof NotInTimeError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
