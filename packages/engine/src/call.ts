import { EngineError, type EngineErrorCode } from './errors.ts'

const CODES: ReadonlySet<string> = new Set<EngineErrorCode>([
  'ERR_ADDRESS_IN_USE',
  'ERR_ADDRESS_NOT_AVAILABLE',
  'ERR_INVALID_CERTIFICATE',
  'ERR_INVALID_OPTION',
  'ERR_ENDPOINT_CLOSED',
  'ERR_CONNECTION_CLOSED',
  'ERR_STREAM_STATE',
])

/** Makes a call into the addon, and its errors ours. */
export function call<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw toEngineError(error)
  }
}

function toEngineError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const { code } = error
  if (isCode(code)) return new EngineError(code, error.message)
  // napi-rs refuses a value of the wrong type by codes of its own.
  return new EngineError('ERR_INVALID_OPTION', error.message, { cause: error })
}

function isCode(code: unknown): code is EngineErrorCode {
  return typeof code === 'string' && CODES.has(code)
}
