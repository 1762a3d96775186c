import { type ErrorCode, type ErrorCodeName, errorCodeName, type HttpErrorCode } from './codes.ts'

/** A code that this package raises. */
export type RaisedCode = (typeof ErrorCode)[ErrorCodeName]

/**
 * What the peer sent breaks a rule. `code` is stable and made of the code's name in the RFC (`ERR_H3_FRAME_ERROR`);
 * `httpCode` goes on the wire. The two subclasses say what it goes into.
 */
export abstract class H3Error extends Error {
  readonly code: `ERR_${ErrorCodeName}`
  readonly httpCode: HttpErrorCode

  constructor(httpCode: RaisedCode, message: string) {
    super(message)
    this.name = new.target.name
    this.httpCode = httpCode
    this.code = `ERR_${errorCodeName(httpCode) ?? 'H3_GENERAL_PROTOCOL_ERROR'}`
  }
}

/** Close the connection with `httpCode` (RFC 9114, 8: connection error). */
export class H3ConnectionError extends H3Error {}

/** Reset and stop the stream with `httpCode` (RFC 9114, 8: stream error); the connection goes on. */
export class H3StreamError extends H3Error {}

/** What the application asked to send cannot be put on the wire. */
export class InvalidFieldError extends Error {
  readonly code = 'ERR_INVALID_FIELD'

  constructor(message: string) {
    super(message)
    this.name = 'InvalidFieldError'
  }
}
