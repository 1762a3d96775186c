import { SluiceError } from '@sluice/credit'

/** The command line cannot be understood; ends the command with exit code 2. */
export class UsageError extends SluiceError {
  override readonly code = 'ERR_USAGE'
}

/** Another process listens where this one should. */
export class PortInUseError extends SluiceError {
  override readonly code = 'ERR_PORT_IN_USE'
}

/** The address to listen on does not belong to this machine. */
export class AddressNotAvailableError extends SluiceError {
  override readonly code = 'ERR_ADDRESS_NOT_AVAILABLE'
}

/** The file of the node's identity cannot be read, written or understood. */
export class KeyFileError extends SluiceError {
  override readonly code = 'ERR_KEY_FILE'
}

/** The page could not be bundled. */
export class PageBuildError extends SluiceError {
  override readonly code = 'ERR_PAGE_BUILD'
}

/** Nothing moved on a stream for longer than its protocol allows. */
export class StreamIdleError extends SluiceError {
  override readonly code = 'ERR_STREAM_IDLE'
}

/** A stream ended before everything was there: reset, or its connection gone. */
export class StreamCutError extends SluiceError {
  override readonly code = 'ERR_STREAM_CUT'
}

/** The peer said something that its protocol does not allow. */
export class ProtocolError extends SluiceError {
  override readonly code = 'ERR_PROTOCOL'
}

/** What came back is not what was sent. */
export class EchoMismatchError extends SluiceError {
  override readonly code = 'ERR_ECHO_MISMATCH'
}

/** This browser has no WebTransport, or hides it from this page. */
export class NoWebTransportError extends SluiceError {
  override readonly code = 'ERR_NO_WEBTRANSPORT'
}

/** The page's server, which is the node's own process, does not answer. */
export class PageServerError extends SluiceError {
  override readonly code = 'ERR_PAGE_SERVER'
}

/** The lab is not there: it belongs to the repository, not to the npm package. */
export class NoLabError extends SluiceError {
  override readonly code = 'ERR_NO_LAB'
}
