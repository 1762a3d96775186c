import { SluiceError } from '@sluice/credit'

/** What can go wrong in a call into the engine; a connection's own end is a `CloseReason`, not an error. */
export type EngineErrorCode =
  | 'ERR_ADDRESS_IN_USE'
  | 'ERR_ADDRESS_NOT_AVAILABLE'
  | 'ERR_INVALID_CERTIFICATE'
  | 'ERR_INVALID_OPTION'
  | 'ERR_ENDPOINT_CLOSED'
  | 'ERR_CONNECTION_CLOSED'
  | 'ERR_STREAM_STATE'
  | 'ERR_ADDON_MISSING'
  | 'ERR_ADDON_STALE'

/** An error of the engine; `code` is stable, `message` says what to do. */
export class EngineError extends SluiceError {
  override readonly code: EngineErrorCode

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
