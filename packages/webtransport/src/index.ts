/**
 * WebTransport sessions for Node: `listen` and `connect` give the core `WebTransportSession`, plain objects with
 * callbacks; `WebTransport` and `toWebTransport` give the W3C interface over it, at either end. One property is ours:
 * `credit`, on both, tells exactly how many streams each side may still open and who holds the rest.
 */
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
export { Governor, type GovernorSnapshot } from './governor/governor.ts'
export { defaultGovernorOptions, type GovernorOptions } from './governor/options.ts'
export { defaultLimits, type Limits } from './limits.ts'
export type { SessionAnswer, SessionRequest } from './request/server-request.ts'
export { type ListenOptions, listen, type Server } from './server.ts'
export { DataStream } from './session/data-stream.ts'
export type { SessionDescription } from './session/description.ts'
export { WebTransportSession } from './session/webtransport-session.ts'
export type * from './session.ts'
export type { SessionFlowControlOptions } from './session-limits.ts'
export { WebTransportBidirectionalStream } from './w3c/bidirectional-stream.ts'
export { WebTransportDatagramDuplexStream, WebTransportDatagramsWritable } from './w3c/datagrams.ts'
export { WebTransportError, type WebTransportErrorOptions, type WebTransportErrorSource } from './w3c/error.ts'
export type { WebTransportCongestionControl, WebTransportHash, WebTransportOptions } from './w3c/options.ts'
export { WebTransportReceiveStream, type WebTransportReceiveStreamStats } from './w3c/receive-stream.ts'
export {
  WebTransportSendGroup,
  type WebTransportSendGroupStats,
  type WebTransportSendOptions,
} from './w3c/send-group.ts'
export { WebTransportSendStream, type WebTransportSendStreamStats, WebTransportWriter } from './w3c/send-stream.ts'
export {
  type WebTransportCloseInfo,
  WebTransportFace,
  type WebTransportSendStreamOptions,
} from './w3c/session-face.ts'
export type { WebTransportConnectionStats } from './w3c/stats.ts'
export { type NodeWebTransportOptions, toWebTransport, WebTransport } from './w3c/webtransport.ts'
