export { quinnEngine } from '@sluice/engine'
export { type ConnectOptions, connect } from './client.ts'
export { type Clock, systemClock } from './clock.ts'
export {
  ConnectionLostError,
  ConnectTimeoutError,
  InvalidArgumentError,
  SessionClosedError,
  SessionProtocolError,
  SessionRejectedError,
  WebTransportUnsupportedError,
} from './errors.ts'
export { defaultLimits, type Limits } from './limits.ts'
export type { SessionAnswer, SessionRequest } from './request/server-request.ts'
export { type ListenOptions, listen, type Server } from './server.ts'
export { DataStream } from './session/data-stream.ts'
export type { SessionDescription } from './session/description.ts'
export { WebTransportSession } from './session/webtransport-session.ts'
export type * from './session.ts'
