import { createHash } from 'node:crypto'
import type { CertificateAndKey } from '@sluice/engine'

/** What the memory engine takes for a certificate: any bytes. */
export const CERTIFICATE: CertificateAndKey = {
  certificate: new Uint8Array([0x30, 1, 2, 3]),
  privateKey: new Uint8Array(0),
}

export const CERTIFICATE_HASH: Uint8Array = new Uint8Array(
  createHash('sha256').update(CERTIFICATE.certificate).digest(),
)
