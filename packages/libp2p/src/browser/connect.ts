import type { DialTarget } from '../address.ts'
import { SessionClosedError, SessionFailedError, WebTransportUnsupportedError } from '../errors.ts'
import { BrowserSession } from './session.ts'

/**
 * Opens a session with the browser's `WebTransport`.
 *
 * @param incomingStreams how many streams the peer may be expected to have open at once
 * @throws WebTransportUnsupportedError, SessionFailedError, the signal's reason
 */
export async function connect(
  target: DialTarget,
  signal: AbortSignal,
  incomingStreams: number,
): Promise<BrowserSession> {
  if (globalThis.WebTransport === undefined) throw new WebTransportUnsupportedError('this browser has no WebTransport')
  signal.throwIfAborted()
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
        throw new SessionClosedError('the server closed the session before it was ready', { remote: true })
      }),
    ])
    return new BrowserSession(transport)
  } catch (cause) {
    transport.ready.catch(() => {})
    transport.closed.catch(() => {})
    try {
      transport.close()
    } catch {
      // It failed by itself.
    }
    if (signal.aborted) throw signal.reason
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
