import type { Engine } from '@sluice/engine'
import { connect } from '../client.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import { type CheckedOptions, checkOptions, checkUrl, type WebTransportOptions } from './options.ts'
import { WebTransportFace } from './session-face.ts'

/** What Node needs beyond the standard. */
export interface NodeWebTransportOptions extends WebTransportOptions {
  /** The QUIC engine to run on; default `quinnEngine`. */
  readonly engine?: Engine
  /** DER certificates of trusted roots; default those that Node ships. */
  readonly roots?: readonly Uint8Array[]
}

/** Streams that a server may have open at once, unless more are anticipated (W3C WebTransport, 6.9). */
const MIN_INCOMING_STREAMS = 100

/** Dials a session as the browser class of the same name does (W3C WebTransport, 6). */
export class WebTransport extends WebTransportFace {
  /** @throws DOMException SyntaxError, NotSupportedError; TypeError */
  constructor(url: string | URL, options: NodeWebTransportOptions = {}) {
    checkUrl(url)
    const checked = checkOptions(options)
    const controller = new AbortController()
    const session = connect(url, {
      signal: controller.signal,
      headers: checked.headers,
      protocols: checked.protocols,
      transport: {
        maxIncomingBidi: Math.max(MIN_INCOMING_STREAMS, checked.anticipatedBidi ?? 0),
        maxIncomingUni: Math.max(MIN_INCOMING_STREAMS, checked.anticipatedUni ?? 0),
      },
      ...verification(checked, options.roots),
      ...(options.engine === undefined ? {} : { engine: options.engine }),
    })
    super(session, () => controller.abort(new Error('the session was closed while it was being dialed')), checked)
  }
}

/** A server's session, in the same shape. */
class AcceptedWebTransport extends WebTransportFace {
  constructor(session: WebTransportSession) {
    super(Promise.resolve(session), () => session.close(), checkOptions({}))
  }
}

const faces = new WeakMap<WebTransportSession, WebTransportFace>()

/**
 * The W3C face of a session, of a server's above all; one a session. From then on its streams and datagrams are the
 * face's to take: leave `onStream`, `onUniStream` and `onDatagram` of the session alone.
 */
export function toWebTransport(session: WebTransportSession): WebTransportFace {
  const face = faces.get(session) ?? new AcceptedWebTransport(session)
  faces.set(session, face)
  return face
}

function verification(
  { serverCertificateHashes }: CheckedOptions,
  roots: readonly Uint8Array[] | undefined,
): { serverCertificateHashes?: readonly Uint8Array[]; roots?: readonly Uint8Array[] } {
  // Hashes of unknown algorithms only: nothing can match, and no root may stand in (W3C WebTransport, 6.9).
  if (serverCertificateHashes?.length === 0) return { roots: [] }
  if (serverCertificateHashes !== undefined) return { serverCertificateHashes }
  return roots === undefined ? {} : { roots }
}
