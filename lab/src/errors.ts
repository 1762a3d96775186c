import { SluiceError } from '@sluice/credit'

/** The command line cannot be understood; ends the command with exit code 2. */
export class UsageError extends SluiceError {
  override readonly code = 'ERR_USAGE'
}

/** A page of the docs needs results that were not kept yet; the message names the command that keeps them. */
export class MissingResultsError extends SluiceError {
  override readonly code = 'ERR_MISSING_RESULTS'

  constructor(file: string, command: string) {
    super(`there is no ${file}: \`${command}\` makes it`)
  }
}

/** Something that the lab needs is not installed on this machine; the message says how to install it. */
export class MissingToolError extends SluiceError {
  override readonly code = 'ERR_MISSING_TOOL'
}

/** A peer of the lab ended, or never said a word, where the lab expected it to run. */
export class PeerGoneError extends SluiceError {
  override readonly code = 'ERR_PEER_GONE'
}

/** A peer of the lab did not answer, or something did not happen, within its time. */
export class LabTimeoutError extends SluiceError {
  override readonly code = 'ERR_LAB_TIMEOUT'
}

/** A peer of the lab answered that a command failed; the message is the peer's own. */
export class CommandFailedError extends SluiceError {
  override readonly code = 'ERR_COMMAND_FAILED'
}

/** What a peer reported is not what the check demands. */
export class CheckFailedError extends SluiceError {
  override readonly code = 'ERR_CHECK_FAILED'
  readonly figures: Readonly<Record<string, unknown>>

  constructor(message: string, figures: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.figures = figures
  }
}
