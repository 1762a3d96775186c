import {
  CapsuleDecoder,
  ErrorCode,
  encodeCloseCapsule,
  encodeData,
  encodeDrainCapsule,
  encodeFlowControlCapsule,
  type FlowControlCapsule,
  type H3StreamError,
} from '@sluice/h3'
import { type RequestStream, type RequestStreamHandler, unexpectedOnConnect } from '../request/request-stream.ts'
import type { SessionCloseInfo } from '../session.ts'

/** What the CONNECT stream tells its session. */
export interface ConnectStreamEvents {
  /** CLOSE, or a FIN without one, which counts as code 0 (draft-ietf-webtrans-http3, 6). */
  closed(closeCode: number, reason: string): void
  drain(): void
  /** @throws H3StreamError for a limit that breaks a rule */
  flowControl(capsule: FlowControlCapsule): void
  /** There is room for capsules again. */
  writable(): void
  /** The peer reset its half, or broke a rule (then `error` says which). */
  aborted(httpCode: number, error?: H3StreamError): void
  /** Neither half of the stream has anything left to carry. */
  over(): void
}

/** The CONNECT stream of an accepted session: capsules in DATA frames, both ways (RFC 9297, 3). */
export class ConnectStream implements RequestStreamHandler {
  readonly id: number
  readonly #stream: RequestStream
  readonly #events: ConnectStreamEvents
  readonly #capsules = new CapsuleDecoder()
  #sendOver = false
  #closeSeen = false

  constructor(stream: RequestStream, events: ConnectStreamEvents) {
    this.id = stream.id
    this.#stream = stream
    this.#events = events
    stream.handler = this
  }

  /** Begins to read capsules. */
  start(): void {
    // Credit of the session goes ahead of its data, which may wait for it.
    this.#stream.setPriority(1)
    this.#stream.resume()
  }

  sendDrain(): void {
    this.#stream.write(encodeData(encodeDrainCapsule()))
  }

  /** Whether a capsule of flow control would go out at once; if not, `writable` follows. */
  get hasRoom(): boolean {
    return this.#stream.hasRoom
  }

  sendFlowControl(capsule: FlowControlCapsule): void {
    this.#stream.write(encodeData(encodeFlowControlCapsule(capsule)))
  }

  /** Ends both halves for a rule that the peer broke outside of this stream. */
  fail(error: H3StreamError): void {
    this.#stream.fail(error)
  }

  /**
   * CLOSE, then FIN at once, as its last bytes (draft-ietf-webtrans-http3, 6): what comes back sends them.
   *
   * @throws what `encodeCloseCapsule` does for a code or a reason that cannot be sent
   */
  prepareClose(info: SessionCloseInfo): () => void {
    const data = encodeData(encodeCloseCapsule(info.closeCode ?? 0, info.reason ?? ''))
    return () => {
      this.#stream.write(data)
      this.#stream.finish()
    }
  }

  /** FIN in answer to the peer's end. */
  finish(): void {
    this.#stream.finish()
  }

  /** Waits no longer for the peer's half. */
  giveUp(): void {
    this.#stream.stopReading(ErrorCode.WT_SESSION_GONE)
  }

  /** Reads what arrived just before the end of the connection. */
  readLast(): void {
    this.#stream.resume()
  }

  headers(): void {
    throw unexpectedOnConnect('HEADERS')
  }

  trailers(): void {
    throw unexpectedOnConnect('HEADERS')
  }

  data(payload: Uint8Array): void {
    this.#capsules.push(payload)
    this.#readCapsules()
  }

  ended(): void {
    this.#capsules.end()
    this.#readCapsules()
    if (!this.#closeSeen) this.#close(0, '')
    this.#checkOver()
  }

  wasReset(httpCode: number): void {
    this.#events.aborted(httpCode)
    this.#checkOver()
  }

  /** The peer wants nothing more from us; how the session ends is still told by its own half. */
  stopped(): void {
    this.#sendOver = true
    this.#checkOver()
  }

  finished(): void {
    this.#sendOver = true
    this.#checkOver()
  }

  writable(): void {
    this.#events.writable()
  }

  failed(error: H3StreamError): void {
    this.#sendOver = true
    this.#events.aborted(error.httpCode, error)
    this.#checkOver()
  }

  #readCapsules(): void {
    let close: { readonly code: number; readonly reason: string } | undefined
    for (let capsule = this.#capsules.next(); capsule !== undefined; capsule = this.#capsules.next()) {
      if (capsule.type === 'close') close = capsule
      else if (capsule.type === 'drain') this.#events.drain()
      else this.#events.flowControl(capsule)
    }
    // Only now: bytes behind it would have made it malformed.
    if (close !== undefined) this.#close(close.code, close.reason)
  }

  #close(closeCode: number, reason: string): void {
    this.#closeSeen = true
    this.#events.closed(closeCode, reason)
  }

  #checkOver(): void {
    if (this.#sendOver && this.#stream.readOver) this.#events.over()
  }
}
