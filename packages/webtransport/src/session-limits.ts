import { type SessionLimits, sessionLimitSettings } from '@sluice/h3'
import { InvalidArgumentError } from './errors.ts'

/**
 * What the peer may use of a session at once, where both ends declare session flow control (draft-ietf-webtrans-http3, 5).
 * It comes on top of QUIC's own limits; more is granted as streams end and data is read.
 */
export interface SessionFlowControlOptions {
  /** Bidirectional streams that the peer may have open; default: as many as QUIC lets it. */
  readonly maxIncomingBidi?: number
  /** Unidirectional streams that the peer may have open; default: as many as QUIC lets it. */
  readonly maxIncomingUni?: number
  /** Bytes of stream data that the peer may send ahead of what is read; default: as many as QUIC lets it. */
  readonly receiveWindow?: number
}

/** A limit that no session reaches, and that is exact as a number. */
const UNLIMITED = Number.MAX_SAFE_INTEGER

/** @returns undefined where it is not to be declared. @throws InvalidArgumentError */
export function declaredLimits(options: SessionFlowControlOptions | false): SessionLimits | undefined {
  if (options === false) return undefined
  const { maxIncomingBidi = UNLIMITED, maxIncomingUni = UNLIMITED, receiveWindow = UNLIMITED } = options
  const limits = { bidi: maxIncomingBidi, uni: maxIncomingUni, data: receiveWindow }
  for (const [id, limit] of sessionLimitSettings(limits)) {
    if (Number.isSafeInteger(limit) && limit >= 0) continue
    throw new InvalidArgumentError(`a limit of session flow control (setting 0x${id.toString(16)}) cannot be ${limit}`)
  }
  return limits
}
