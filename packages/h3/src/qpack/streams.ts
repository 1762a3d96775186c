import { ErrorCode } from '../codes.ts'
import { H3ConnectionError } from '../errors.ts'

/** Set Dynamic Table Capacity (RFC 9204, 4.3.1) with the only capacity that we allow: 0. */
const SET_CAPACITY_ZERO = 0x20

/**
 * Checks the peer's QPACK encoder stream, behind its stream type. We announce a dynamic table of capacity 0, so the
 * peer can insert nothing. Ending the stream is H3_CLOSED_CRITICAL_STREAM, which the caller sees.
 *
 * @throws H3ConnectionError QPACK_ENCODER_STREAM_ERROR
 */
export function checkQpackEncoderStream(chunk: Uint8Array): void {
  if (chunk.some((byte) => byte !== SET_CAPACITY_ZERO)) {
    throw new H3ConnectionError(
      ErrorCode.QPACK_ENCODER_STREAM_ERROR,
      'an instruction for a dynamic table of capacity 0',
    )
  }
}

/** Bytes of a stream id after its prefix: 62 bits in groups of seven. */
const MAX_GROUPS = 9

/**
 * Checks the peer's QPACK decoder stream, behind its stream type. We insert nothing, so there is nothing to acknowledge;
 * only Stream Cancellation (RFC 9204, 4.4.2) can come, and it asks for nothing.
 */
export class QpackDecoderStreamChecker {
  /** Groups of the stream id that were read; undefined between instructions. */
  #groups: number | undefined

  /** @throws H3ConnectionError QPACK_DECODER_STREAM_ERROR */
  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.#groups === undefined) {
        if (byte >> 6 !== 0b01) throw decoderStreamError('acknowledges what was never inserted')
        this.#groups = (byte & 0x3f) === 0x3f ? 0 : undefined
        continue
      }
      this.#groups += 1
      if (this.#groups > MAX_GROUPS) throw decoderStreamError('cancels a stream with an impossible id')
      if (byte < 0x80) this.#groups = undefined
    }
  }
}

function decoderStreamError(what: string): H3ConnectionError {
  return new H3ConnectionError(ErrorCode.QPACK_DECODER_STREAM_ERROR, `the peer's QPACK decoder ${what}`)
}
