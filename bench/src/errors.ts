import { SluiceError } from '@sluice/credit'

/** A child process could not be started, ended early, answered nonsense, or did not answer in time. */
export class ChildError extends SluiceError {
  override readonly code = 'ERR_BENCH_CHILD'
}

/** The Go peers could not be built. */
export class GoBuildError extends SluiceError {
  override readonly code = 'ERR_BENCH_GO_BUILD'
}

/** The command line, or a file named on it, is not what it must be. */
export class UsageError extends SluiceError {
  override readonly code = 'ERR_BENCH_USAGE'
}
