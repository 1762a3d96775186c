/**
 * HTTP/3 for WebTransport as pure functions and incremental decoders: bytes go in; values, bytes and typed errors come
 * out. No timer, no socket, no random source, no import outside this package.
 *
 * The decoders share one shape: `push` a chunk, call `next` until it returns undefined, call `end` at the FIN and then
 * `next` once more. What `next` returned before it threw stands; after that the decoder is not used again.
 */
export { ByteQueue, concat } from './bytes.ts'
export {
  type Capsule,
  CapsuleDecoder,
  CapsuleType,
  encodeCapsule,
  encodeCloseCapsule,
  encodeDrainCapsule,
  encodeFlowControlCapsule,
  type FlowControlCapsule,
} from './capsules.ts'
export {
  type AppErrorCode,
  ErrorCode,
  type ErrorCodeName,
  errorCodeName,
  type HttpErrorCode,
  toAppCode,
  toHttpCode,
} from './codes.ts'
export { ControlStreamDecoder, type ControlStreamEvent } from './control-stream.ts'
export { datagramHeader, decodeDatagram, encodeDatagram, type HttpDatagram } from './datagram.ts'
export {
  chooseDialect,
  clientSettings,
  DIALECTS,
  type Dialect,
  type DialectChoice,
  type DialectMismatch,
  type DialectQuery,
  dialectResponseHeaders,
  type OwnSettingsOptions,
  type ProtocolToken,
  serverSettings,
} from './dialects.ts'
export { H3ConnectionError, H3Error, H3StreamError, InvalidFieldError } from './errors.ts'
export { DEFAULT_MAX_FIELD_SECTION_SIZE, type Field, type Fields, fieldProblem, fieldValue } from './fields.ts'
export { encodeData, encodeFrame, encodeGoaway, encodeHeaders, FrameType, MAX_GOAWAY_ID } from './frames.ts'
export { decodeFieldSection, type FieldSectionLimits } from './qpack/decode.ts'
export { encodeFieldSection } from './qpack/encode.ts'
export { checkQpackEncoderStream, QpackDecoderStreamChecker } from './qpack/streams.ts'
export {
  type ConnectRequest,
  encodeConnectRequest,
  encodeResponse,
  type HttpRequest,
  type HttpResponse,
  parseRequest,
  parseResponse,
} from './request.ts'
export {
  RequestStreamDecoder,
  type RequestStreamEvent,
  type RequestStreamOptions,
} from './request-stream.ts'
export {
  type FlowControlDeclaration,
  MAX_SESSION_STREAMS,
  negotiateFlowControl,
  type SessionFlowControlTerms,
  type SessionLimits,
  sessionLimitSettings,
} from './session-flow-control.ts'
export {
  decodeSettings,
  encodeSettings,
  encodeSettingsFrame,
  greaseId,
  MAX_SETTINGS_SIZE,
  SettingId,
  type Settings,
} from './settings.ts'
export {
  encodeWebTransportHeader,
  isSessionId,
  MAX_STREAM_HEADER_LENGTH,
  parseStreamHeader,
  type StreamHeader,
  StreamHeaderDecoder,
  StreamType,
} from './stream-header.ts'
export {
  AVAILABLE_PROTOCOLS,
  formatAvailableProtocols,
  formatSelectedProtocol,
  parseAvailableProtocols,
  parseSelectedProtocol,
  SELECTED_PROTOCOL,
} from './subprotocols.ts'
export { encodeVarint, MAX_VARINT, readVarint, varintLength, varintLengthFromFirstByte, writeVarint } from './varint.ts'
