import type { Millis } from '@sluice/credit'
import { type Connection, type Engine, quinnEngine, type TransportOptions } from '@sluice/engine'
import { clientSettings, type Fields, type SessionLimits } from '@sluice/h3'
import { ClientConnection } from './client-connection.ts'
import { type BorrowedEndpoint, borrowEndpoint } from './client-endpoints.ts'
import { type Clock, systemClock } from './clock.ts'
import { ConnectTimeoutError } from './errors.ts'
import type { Governor } from './governor/governor.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { WebTransportSession } from './session/webtransport-session.ts'
import { declaredLimits, type SessionFlowControlOptions } from './session-limits.ts'
import { type Destination, parseDestination, resolve, verification } from './target.ts'

export interface ConnectOptions {
  /** The QUIC engine to run on; default `quinnEngine`. */
  readonly engine?: Engine
  /** SHA-256 hashes of certificates, one of which the server must show. */
  readonly serverCertificateHashes?: readonly Uint8Array[]
  /** DER certificates of trusted roots; default those that Node ships. */
  readonly roots?: readonly Uint8Array[]
  /** Application protocols to offer, most wanted first. */
  readonly protocols?: readonly string[]
  /** Further fields of the request, names in lower case. */
  readonly headers?: Fields
  /** Gives up; the connection is closed. */
  readonly signal?: AbortSignal
  /** Longest time to an accepted session; default `limits.connectDeadline`. */
  readonly deadline?: Millis
  readonly limits?: Partial<Limits>
  readonly transport?: TransportOptions
  /** Grants stream credit to the server; default: the engine gives back each stream's credit by itself. */
  readonly governor?: Governor
  /**
   * Declares session flow control, which is then on with every server that declares it too; default false: its limits
   * come on top of QUIC's and gain a client nothing.
   */
  readonly sessionFlowControl?: SessionFlowControlOptions | false
  /** Changes the SETTINGS that every known server accepts; the map may be edited or replaced. */
  readonly settings?: (settings: Map<number, number>) => Iterable<readonly [number, number | bigint]>
  readonly clock?: Clock
}

/**
 * Dials a WebTransport server and waits until it has accepted the session.
 *
 * @throws InvalidArgumentError, InvalidFieldError, ConnectTimeoutError, ConnectionLostError (with the QUIC or TLS
 *   reason), WebTransportUnsupportedError, SessionRejectedError, SessionProtocolError, the signal's reason, an error
 *   of `node:dns`
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebTransportSession> {
  const destination = parseDestination(url)
  const verify = verification(options)
  const sessionLimits = declaredLimits(options.sessionFlowControl ?? false)
  options.signal?.throwIfAborted()
  const address = await resolve(destination)
  const borrowed = await borrowEndpoint(options.engine ?? quinnEngine, address.family)
  const { governor } = options
  const transport = governor === undefined ? options.transport : governor.announced(options.transport)
  let quic: Connection
  try {
    options.signal?.throwIfAborted()
    quic = borrowed.endpoint.connect(address, {
      alpn: ['h3'],
      serverName: destination.host,
      verify,
      ...(transport === undefined ? {} : { transport }),
    })
  } catch (error) {
    borrowed.release()
    throw error
  }
  return await negotiate(quic, destination, options, borrowed, sessionLimits)
}

function negotiate(
  quic: Connection,
  { authority, path }: Destination,
  options: ConnectOptions,
  borrowed: BorrowedEndpoint,
  sessionLimits: SessionLimits | undefined,
): Promise<WebTransportSession> {
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const clock = options.clock ?? systemClock
  const { governor } = options
  const deadline = options.deadline ?? limits.connectDeadline
  const settings = clientSettings({ sessionLimits, maxFieldSectionSize: limits.maxFieldSectionSize, grease: quic.id })
  return new Promise((resolveSession, reject) => {
    const settle = (): void => {
      cancelDeadline()
      options.signal?.removeEventListener('abort', onAbort)
    }
    const connection = new ClientConnection(quic, {
      limits,
      clock,
      ...(governor === undefined
        ? {}
        : { govern: (governed: Connection) => governor.govern(governed, options.transport) }),
      settings: options.settings?.(settings) ?? settings,
      target: { authority, path, headers: options.headers ?? [], protocols: options.protocols ?? [] },
      onSession: (session) => {
        settle()
        resolveSession(session)
      },
      onFailure: (error) => {
        settle()
        reject(error)
      },
      onEnd: () => borrowed.release(),
    })
    const giveUp = (reason: unknown): void => {
      settle()
      connection.cancel()
      reject(reason)
    }
    const onAbort = (): void => giveUp(options.signal?.reason)
    const cancelDeadline = clock.after(deadline, () => {
      giveUp(new ConnectTimeoutError(`no session with ${authority} within ${deadline} ms`, { remote: true }))
    })
    options.signal?.addEventListener('abort', onAbort, { once: true })
  })
}
