import type { Certhash } from '../../certhash.ts'
import type { ServerCertificate } from './certificate.ts'

/** Where a listener has its certificate from. */
export interface CertificateSource {
  /** In use for handshakes that begin now. */
  readonly current: ServerCertificate
  /** What addresses carry: the current and the next, never more than two. */
  readonly advertised: readonly Certhash[]
  /** Every hash that somebody may have dialled by an address of ours: the advertised ones and the last. */
  readonly confirmed: readonly Certhash[]
  /** Calls `listener` each time another certificate has come into use; gives back how to end that. */
  onChange(listener: () => void): () => void
  start(): void
  stop(): void
}
