import { ErrorCode } from './codes.ts'
import { H3ConnectionError, H3StreamError } from './errors.ts'
import { DEFAULT_MAX_FIELD_SECTION_SIZE } from './fields.ts'
import { FrameReader, FrameType } from './frames.ts'

/** What a request stream carries, in order: a field section to give to `decodeFieldSection`, pieces of DATA, trailers. */
export type RequestStreamEvent =
  | { readonly type: 'headers'; readonly fieldSection: Uint8Array }
  | { readonly type: 'data'; readonly payload: Uint8Array }
  | { readonly type: 'trailers'; readonly fieldSection: Uint8Array }

export interface RequestStreamOptions {
  /** Whose bytes are read: a client's request, or a server's response (which may begin with interim responses). */
  readonly reading: 'request' | 'response'
  /** Longest encoded field section, in bytes; default 16,384. */
  readonly maxFieldSectionSize?: number
}

/**
 * Reads the frames of a request stream (RFC 9114, 4.1): HEADERS, DATA..., perhaps trailers. DATA passes through in
 * pieces, unknown frames are dropped as they come, and a field section is held only up to its limit.
 */
export class RequestStreamDecoder {
  readonly #reader = new FrameReader()
  readonly #reading: 'request' | 'response'
  readonly #maxFieldSectionSize: number
  #state: 'start' | 'body' | 'trailed' = 'start'
  #dataSeen = false
  #ended = false

  constructor(options: RequestStreamOptions) {
    this.#reading = options.reading
    this.#maxFieldSectionSize = options.maxFieldSectionSize ?? DEFAULT_MAX_FIELD_SECTION_SIZE
  }

  /** Appends bytes of the stream; then call `next` until it returns undefined. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  /** The FIN has been read. */
  end(): void {
    this.#ended = true
  }

  /**
   * The next event; undefined: nothing more for now, or after `end` the orderly end.
   *
   * @throws H3ConnectionError H3_FRAME_UNEXPECTED, H3_FRAME_ERROR, H3_ID_ERROR
   * @throws H3StreamError H3_EXCESSIVE_LOAD for a field section above the limit; H3_REQUEST_INCOMPLETE or
   *   H3_MESSAGE_ERROR for a FIN before any field section
   */
  next(): RequestStreamEvent | undefined {
    for (;;) {
      const header = this.#reader.header()
      if (header === undefined) return this.#checkEnd()
      switch (header.type) {
        case FrameType.DATA: {
          if (this.#state !== 'body') throw unexpected('DATA', this.#state)
          this.#dataSeen = true
          if (header.length === 0) {
            this.#reader.skipPayload()
            continue
          }
          const payload = this.#reader.takePiece()
          if (payload === undefined) return this.#checkEnd()
          return { type: 'data', payload }
        }
        case FrameType.HEADERS: {
          if (this.#state === 'trailed') throw unexpected('HEADERS', this.#state)
          if (header.length > this.#maxFieldSectionSize) throw tooLarge(header.length, this.#maxFieldSectionSize)
          const fieldSection = this.#reader.takePayload()
          if (fieldSection === undefined) return this.#checkEnd()
          return this.#fieldSection(fieldSection)
        }
        case FrameType.PUSH_PROMISE:
          // RFC 9114, 7.2.5: clients never send it, and servers only within the MAX_PUSH_ID that we never sent.
          throw this.#reading === 'request'
            ? unexpected('PUSH_PROMISE', this.#state)
            : new H3ConnectionError(ErrorCode.H3_ID_ERROR, 'PUSH_PROMISE without a MAX_PUSH_ID')
        case FrameType.SETTINGS:
        case FrameType.GOAWAY:
        case FrameType.CANCEL_PUSH:
        case FrameType.MAX_PUSH_ID:
        case FrameType.PRIORITY_UPDATE_REQUEST:
        case FrameType.PRIORITY_UPDATE_PUSH:
          throw unexpected(`frame type 0x${header.type.toString(16)} of the control stream`, this.#state)
        default:
          if (!this.#reader.skipPayload()) return this.#checkEnd()
      }
    }
  }

  #fieldSection(fieldSection: Uint8Array): RequestStreamEvent {
    // Interim responses precede the final one (RFC 9114, 4.1), so only what follows DATA is surely a response's trailers.
    const trailers = this.#state === 'body' && (this.#reading === 'request' || this.#dataSeen)
    this.#state = trailers ? 'trailed' : 'body'
    return { type: trailers ? 'trailers' : 'headers', fieldSection }
  }

  #checkEnd(): undefined {
    if (!this.#ended) return undefined
    if (!this.#reader.atBoundary) {
      throw new H3ConnectionError(ErrorCode.H3_FRAME_ERROR, 'the request stream ended inside a frame')
    }
    if (this.#state === 'start') {
      const code = this.#reading === 'request' ? ErrorCode.H3_REQUEST_INCOMPLETE : ErrorCode.H3_MESSAGE_ERROR
      throw new H3StreamError(code, `the stream ended before a ${this.#reading}`)
    }
    return undefined
  }
}

function unexpected(what: string, state: string): H3ConnectionError {
  return new H3ConnectionError(ErrorCode.H3_FRAME_UNEXPECTED, `${what} on a request stream in state ${state}`)
}

function tooLarge(length: number, limit: number): H3StreamError {
  return new H3StreamError(ErrorCode.H3_EXCESSIVE_LOAD, `a field section of ${length} bytes; the limit is ${limit}`)
}
