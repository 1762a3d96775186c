import { SluiceError } from '@sluice/credit'

/** Thrown by applications of the simulator, on purpose. */
export class ApplicationFault extends SluiceError {
  override readonly code = 'ERR_SIMULATED_FAULT'
}

/** Something did not happen within its bound of virtual time. */
export class NotInTimeError extends SluiceError {
  override readonly code = 'ERR_NOT_IN_TIME'
}
