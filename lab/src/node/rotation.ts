import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'

const minute = 60_000
const hour = 60 * minute
/** Validity of a certificate, and the time from one's start to the next one's: they overlap by two hours. */
const validity = 14 * 24 * hour
const bucket = validity - 2 * hour
/** So long after the next certificate begins the current one is still in use. */
const skew = hour
const margin = 5 * minute

/**
 * A node's key whose next certificate is valid already while its current one is still in use, for a while yet, so
 * that a rotation can be brought about by moving the node's clock: real clients must find either of them valid now.
 * When a node rotates follows from the first two bytes of its public key (packages/libp2p, certificates/bucket.ts).
 */
export async function keyAboutToRotate(now: number): Promise<PrivateKey> {
  for (;;) {
    const key = await generateKeyPair('Ed25519')
    const [low = 0, high = 0] = key.publicKey.raw
    const offset = (((high << 8) | low) * minute) % validity
    const intoOverlap = (((now - offset) % bucket) + bucket) % bucket
    if (intoOverlap > margin && intoOverlap < skew - margin) return key
  }
}

/** Moves this process's clock to where the certificate rotates. */
export function passTime(): void {
  const real = Date.now.bind(Date)
  Date.now = () => real() + skew
}
