import { SluiceError } from '@sluice/credit'

/** A child process could not be started, ended early, answered nonsense, or did not answer in time. */
export class ChildError extends SluiceError {
  override readonly code = 'ERR_BENCH_CHILD'
}

/** The Go peers could not be built. */
export class GoBuildError extends SluiceError {
  override readonly code = 'ERR_BENCH_GO_BUILD'
}

/** A result that a page is made from is not there, or is of another format; the message names the command that makes it. */
export class ResultFileError extends SluiceError {
  override readonly code = 'ERR_BENCH_RESULT_FILE'
}

/** The command line is not what it must be. */
export class UsageError extends SluiceError {
  override readonly code = 'ERR_BENCH_USAGE'
}
