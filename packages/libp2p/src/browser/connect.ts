import { isTimeout } from '@sluice/credit'
import type { DialTarget } from '../address.ts'
import { DialThrottledError, SessionClosedError, SessionFailedError, WebTransportUnsupportedError } from '../errors.ts'
import type { DialHold, DialThrottle } from './dial-throttle.ts'
import { BrowserSession } from './session.ts'

export interface ConnectOptions {
  /** How many streams the peer may be expected to have open at once. */
  readonly incomingStreams: number
  /** Where the browser has a brake on dials: what counts them. */
  readonly throttle?: DialThrottle | undefined
  /** The browser holds this dial back. */
  readonly onHeldBack?: ((hold: DialHold) => void) | undefined
}

/** Less than this nobody notices. */
const WORTH_SAYING = 100

/**
 * Opens a session with the browser's `WebTransport`.
 *
 * @throws WebTransportUnsupportedError, SessionFailedError, DialThrottledError, the signal's reason
 */
export async function connect(
  target: DialTarget,
  signal: AbortSignal,
  { incomingStreams, throttle, onHeldBack }: ConnectOptions,
): Promise<BrowserSession> {
  if (globalThis.WebTransport === undefined) throw new WebTransportUnsupportedError('this browser has no WebTransport')
  signal.throwIfAborted()
  const dial = throttle?.begin()
  if (dial !== undefined && dial.hold.least >= WORTH_SAYING) onHeldBack?.(dial.hold)
  const transport = new WebTransport(target.url, options(target, incomingStreams))
  const { promise: aborted, reject: abort } = Promise.withResolvers<never>()
  const onAbort = (): void => abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([
      aborted,
      transport.ready,
      // A session that was closed in order before it was ready never was one.
      transport.closed.then(() => {
        throw new SessionClosedError('the server closed the session at once', { remote: true })
      }),
    ])
    dial?.succeeded()
    return new BrowserSession(transport)
  } catch (cause) {
    transport.ready.catch(() => {})
    transport.closed.catch(() => {})
    try {
      transport.close()
    } catch {
      // It failed by itself.
    }
    const { aborted: givenUp, reason } = signal
    const heldBack = dial?.failed(givenUp)
    if (dial !== undefined && heldBack === true && (!givenUp || isTimeout(reason)))
      throw new DialThrottledError(dial.hold, cause)
    if (givenUp) throw reason
    throw new SessionFailedError(`no session with ${target.host} port ${target.port}`, { cause, remote: true })
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function options(target: DialTarget, incomingStreams: number): WebTransportOptions {
  const hints: object = { anticipatedConcurrentIncomingBidirectionalStreams: incomingStreams }
  return {
    ...hints,
    serverCertificateHashes: target.certhashes.map((hash) => ({
      algorithm: 'sha-256',
      value: Uint8Array.from(hash.digest),
    })),
  }
}
