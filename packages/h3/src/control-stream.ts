import { ErrorCode } from './codes.ts'
import { H3ConnectionError } from './errors.ts'
import { type FrameHeader, FrameReader, FrameType } from './frames.ts'
import { decodeSettings, MAX_SETTINGS_SIZE, type Settings } from './settings.ts'
import { readVarint, varintLengthFromFirstByte } from './varint.ts'

/**
 * What a peer says on its control stream. Frames of server push and priorities are checked and dropped: nothing here
 * is pushed, and priorities are the application's.
 */
export type ControlStreamEvent =
  | { readonly type: 'settings'; readonly settings: Settings }
  /**
   * From a server: requests on streams of this id and above are not served. From a client: a push id, of no use here.
   * Either way sessions should drain. An id above 2^53 - 1 is rounded: it is the first step of a graceful shutdown.
   */
  | { readonly type: 'goaway'; readonly id: number }

/**
 * Reads the control stream of the peer, behind its stream type (RFC 9114, 6.2.1): SETTINGS first and once. Memory is
 * bounded: frames of known types by their size, others are dropped as they come.
 */
export class ControlStreamDecoder {
  readonly #reader = new FrameReader()
  readonly #side: 'client' | 'server'
  #settingsSeen = false
  #ended = false
  #goaway = Number.POSITIVE_INFINITY
  #maxPushId = 0

  /** @param side which end we are */
  constructor(side: 'client' | 'server') {
    this.#side = side
  }

  /** Appends bytes of the stream; then call `next` until it returns undefined. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  /** The stream was finished or reset, which `next` answers with H3_CLOSED_CRITICAL_STREAM. */
  end(): void {
    this.#ended = true
  }

  /**
   * The next event; undefined: nothing more for now.
   *
   * @throws H3ConnectionError H3_MISSING_SETTINGS, H3_SETTINGS_ERROR, H3_FRAME_UNEXPECTED, H3_FRAME_ERROR, H3_ID_ERROR,
   *   H3_EXCESSIVE_LOAD, H3_CLOSED_CRITICAL_STREAM
   */
  next(): ControlStreamEvent | undefined {
    for (;;) {
      const header = this.#reader.header()
      if (header === undefined) return this.#checkEnd()
      if (!this.#settingsSeen && header.type !== FrameType.SETTINGS) {
        throw new H3ConnectionError(ErrorCode.H3_MISSING_SETTINGS, 'the control stream does not begin with SETTINGS')
      }
      switch (header.type) {
        case FrameType.SETTINGS: {
          if (this.#settingsSeen) throw unexpected('a second SETTINGS frame')
          if (header.length > MAX_SETTINGS_SIZE) {
            throw new H3ConnectionError(ErrorCode.H3_EXCESSIVE_LOAD, `a SETTINGS frame of ${header.length} bytes`)
          }
          const payload = this.#reader.takePayload()
          if (payload === undefined) return this.#checkEnd()
          this.#settingsSeen = true
          return { type: 'settings', settings: decodeSettings(payload) }
        }
        case FrameType.GOAWAY: {
          const payload = this.#takeInteger(header)
          if (payload === undefined) return this.#checkEnd()
          return { type: 'goaway', id: this.#checkGoaway(payload) }
        }
        case FrameType.MAX_PUSH_ID: {
          if (this.#side === 'client') throw unexpected('MAX_PUSH_ID from a server')
          const payload = this.#takeInteger(header)
          if (payload === undefined) return this.#checkEnd()
          this.#checkMaxPushId(payload)
          break
        }
        case FrameType.CANCEL_PUSH:
          if (this.#takeInteger(header) === undefined) return this.#checkEnd()
          break
        case FrameType.PRIORITY_UPDATE_REQUEST:
        case FrameType.PRIORITY_UPDATE_PUSH:
          // RFC 9218, 7.2: only clients send it.
          if (this.#side === 'client') throw unexpected('PRIORITY_UPDATE from a server')
          if (!this.#reader.skipPayload()) return this.#checkEnd()
          break
        case FrameType.DATA:
        case FrameType.HEADERS:
        case FrameType.PUSH_PROMISE:
          throw unexpected(`frame type 0x${header.type.toString(16)}`)
        default:
          if (!this.#reader.skipPayload()) return this.#checkEnd()
      }
    }
  }

  /** The payload of a frame that is one integer and nothing else (RFC 9114, 7.1). */
  #takeInteger(header: FrameHeader): Uint8Array | undefined {
    if (header.length < 1 || header.length > 8) throw frameError(header.type)
    const payload = this.#reader.takePayload()
    if (payload !== undefined && varintLengthFromFirstByte(payload[0] ?? 0) !== payload.length) {
      throw frameError(header.type)
    }
    return payload
  }

  #checkGoaway(payload: Uint8Array): number {
    const id = readVarint(payload) ?? 0
    // RFC 9114, 7.2.6: from a server it is a client-initiated bidirectional stream, which the lowest two bits say.
    const isStream = ((payload.at(-1) ?? 0) & 3) === 0
    if ((this.#side === 'client' && !isStream) || id > this.#goaway) {
      throw new H3ConnectionError(ErrorCode.H3_ID_ERROR, `GOAWAY with id ${id} after ${this.#goaway}`)
    }
    this.#goaway = id
    return id
  }

  #checkMaxPushId(payload: Uint8Array): void {
    const id = readVarint(payload) ?? 0
    if (id < this.#maxPushId) {
      throw new H3ConnectionError(ErrorCode.H3_ID_ERROR, `MAX_PUSH_ID ${id} after ${this.#maxPushId}`)
    }
    this.#maxPushId = id
  }

  #checkEnd(): undefined {
    if (this.#ended) throw new H3ConnectionError(ErrorCode.H3_CLOSED_CRITICAL_STREAM, 'the control stream has ended')
    return undefined
  }
}

function unexpected(what: string): H3ConnectionError {
  return new H3ConnectionError(ErrorCode.H3_FRAME_UNEXPECTED, `${what} on the control stream`)
}

function frameError(type: number): H3ConnectionError {
  return new H3ConnectionError(ErrorCode.H3_FRAME_ERROR, `frame type 0x${type.toString(16)} is not one whole integer`)
}
