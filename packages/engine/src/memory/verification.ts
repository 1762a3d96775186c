import { createHash, X509Certificate } from 'node:crypto'
import type { ServerVerification } from '../engine.ts'

/** Why the certificate is not accepted; undefined when it is. Names and times are not looked at. */
export function verifies(certificate: Uint8Array, verify: ServerVerification): string | undefined {
  if ('roots' in verify) {
    const leaf = new X509Certificate(certificate)
    const known = verify.roots.some((root) => leaf.verify(new X509Certificate(root).publicKey))
    return known ? undefined : 'unknown root'
  }
  const hash = createHash('sha256').update(certificate).digest()
  return verify.certificateHashes.some((expected) => hash.equals(expected)) ? undefined : 'certificate hash differs'
}
