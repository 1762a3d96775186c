import { createHash } from 'node:crypto'
import type { ServerVerification } from '../engine.ts'

/** Why the certificate is not accepted; undefined when it is. Here a root vouches only for itself. */
export function verifies(certificate: Uint8Array, verify: ServerVerification): string | undefined {
  if ('roots' in verify) {
    return verify.roots.some((root) => Buffer.compare(root, certificate) === 0) ? undefined : 'unknown root'
  }
  const hash = createHash('sha256').update(certificate).digest()
  return verify.certificateHashes.some((expected) => hash.equals(expected)) ? undefined : 'certificate hash differs'
}
