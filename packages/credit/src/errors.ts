import type { AccountSnapshot } from './account.ts'
import type { Verdict } from './verdict.ts'

/** Base of every error that Sluice throws: a stable `code`, and whose doing it was. */
export abstract class SluiceError extends Error {
  abstract readonly code: string
  /** True when the peer caused it. */
  readonly remote: boolean

  constructor(message: string, options: ErrorOptions & { remote?: boolean } = {}) {
    super(message, options)
    this.name = new.target.name
    this.remote = options.remote ?? false
  }
}

/** No stream could be opened within the deadline: the peer has not raised its limit. */
export class NoStreamCreditError extends SluiceError {
  override readonly code = 'ERR_NO_STREAM_CREDIT'
  /** The account at the moment of giving up. */
  readonly account: AccountSnapshot
  /** Who holds the credit; null where that cannot be told, as in a browser. */
  readonly verdict: Verdict | null

  /** @param cause the timeout that ended the wait, where it was not ours */
  constructor(account: AccountSnapshot, waited: number, verdict: Verdict | null = null, cause?: unknown) {
    const limit = account.limit === null ? 'a limit that this platform hides' : `a limit of ${account.limit}`
    const advice =
      verdict?.proof == null
        ? 'End both halves of streams that are done, or ask the peer for a higher limit.'
        : `Verdict ${verdict.code}: ${verdict.summary}.`
    super(
      `no ${account.kind} stream could be opened for ${Math.round(waited)} ms: ${account.opened} opened against ${limit}, ` +
        `${account.live} still alive here. ${advice}`,
      cause === undefined ? { remote: true } : { remote: true, cause },
    )
    this.account = account
    this.verdict = verdict
  }
}

/** Whether an abort signal ended by its time, so that what was waited for is worth more than the reason that it gives. */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}
