/**
 * Firefox never sends STOP_SENDING for `cancel()`, and what is cancelled stays counted against the flow control of the
 * whole connection, so that some eighty cancelled bodies end a session (seen with 153). There, reading to the end
 * gives back what cancelling would not.
 */
export function cancelIsSilent(userAgent: string | undefined = globalThis.navigator?.userAgent): boolean {
  // Only Gecko itself dates its engine; the others say "like Gecko".
  return userAgent !== undefined && /\bGecko\/\d/.test(userAgent)
}
