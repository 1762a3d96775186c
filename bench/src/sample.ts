import type { Outcome } from './protocol.ts'

/** What a driver did, and what both ends took meanwhile. */
export interface Sample extends Outcome {
  /** CPU seconds used meanwhile; undefined where the system does not tell. */
  readonly cpu?: { readonly listener: number; readonly driver: number }
  /** Bytes of memory that the listener took more than before; undefined where the system does not tell. */
  readonly listenerMemory?: number
}
