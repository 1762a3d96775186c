/**
 * Loaded before each test file. A process that lives on after its last test has left something open: it is ended, says
 * what that was, and fails, with every result told by then. (Node's own --test-force-exit loses results on the way out.)
 */

/** A socket may still say goodbye. */
const GRACE = 10_000

// The runner's own process loads this file too.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  const { after } = await import('node:test')
  after(() => setTimeout(leave, GRACE).unref())
}

function leave(): void {
  console.error(`${process.argv[1]} is over and has left open: ${process.getActiveResourcesInfo().join(', ')}`)
  process.exit(1)
}
