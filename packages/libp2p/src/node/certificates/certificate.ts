import { p256 } from '@noble/curves/nist.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Millis } from '@sluice/credit'
import { type Certhash, certhash } from '../../certhash.ts'
import { VALIDITY } from './bucket.ts'
import { bitString, boolean, explicit, objectIdentifier, octetString, sequence, time, unsignedInteger } from './der.ts'

/** A certificate with its key, as the QUIC engine takes it, and the hash that clients know it by. */
export interface ServerCertificate {
  /** DER. */
  readonly certificate: Uint8Array
  /** PKCS#8, DER. */
  readonly privateKey: Uint8Array
  readonly hash: Certhash
  readonly notBefore: Millis
  readonly notAfter: Millis
}

/** Ours, not go-libp2p's: equal bytes across implementations are not wanted, equal bytes after a restart are. */
const INFO = new TextEncoder().encode('sluice webtransport certificate')
const SERIAL_BYTES = 8
/** Enough that reducing them to a key has no bias (FIPS 186-5, A.2.1). */
const KEY_BYTES = 48

/**
 * Derives the certificate of the time bucket that begins at `start` from the node's private key. The same key and
 * start give the same bytes, so that addresses survive a restart without a store.
 *
 * @param nodeKey raw bytes of the node's private key
 * @param start whole seconds, in milliseconds since 1970
 */
export function deriveCertificate(nodeKey: Uint8Array, start: Millis): ServerCertificate {
  const salt = new Uint8Array(8)
  new DataView(salt.buffer).setBigUint64(0, BigInt(start), true)
  const material = hkdf(sha256, nodeKey, salt, INFO, SERIAL_BYTES + KEY_BYTES)
  const serial = material.slice(0, SERIAL_BYTES)
  // A serial number is positive (RFC 5280, 4.1.2.2).
  serial[SERIAL_BYTES - 1] = (serial[SERIAL_BYTES - 1] ?? 0) | 1
  const secretKey = p256.utils.randomSecretKey(material.subarray(SERIAL_BYTES))
  const certificate = selfSign(secretKey, serial, start)
  return {
    certificate,
    privateKey: pkcs8(secretKey),
    hash: certhash(sha256(certificate)),
    notBefore: start,
    notAfter: start + VALIDITY,
  }
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
const P256_PUBLIC_KEY = sequence(objectIdentifier('1.2.840.10045.2.1'), objectIdentifier('1.2.840.10045.3.1.7'))
const NO_NAME = sequence()

/** X.509 v3 (RFC 5280, 4.1), with the same extensions as go-libp2p's certificates, which browsers are known to take. */
function selfSign(secretKey: Uint8Array, serial: Uint8Array, start: Millis): Uint8Array {
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(Uint8Array.of(2))),
    unsignedInteger(serial),
    ECDSA_WITH_SHA256,
    NO_NAME,
    sequence(time(start), time(start + VALIDITY)),
    NO_NAME,
    sequence(P256_PUBLIC_KEY, bitString(p256.getPublicKey(secretKey, false))),
    explicit(3, sequence(...EXTENSIONS)),
  )
  // Deterministic (RFC 6979), hashed with SHA-256.
  const signature = p256.sign(toBeSigned, secretKey, { format: 'der' })
  return sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature))
}

const EXTENSIONS = [
  // keyUsage: digitalSignature (bit 0) and keyCertSign (bit 5).
  sequence(objectIdentifier('2.5.29.15'), boolean(true), octetString(bitString(Uint8Array.of(0b1000_0100), 2))),
  // extKeyUsage: clientAuth, serverAuth.
  sequence(
    objectIdentifier('2.5.29.37'),
    octetString(sequence(objectIdentifier('1.3.6.1.5.5.7.3.2'), objectIdentifier('1.3.6.1.5.5.7.3.1'))),
  ),
  // basicConstraints: a certificate authority, of itself.
  sequence(objectIdentifier('2.5.29.19'), boolean(true), octetString(sequence(boolean(true)))),
]

/** PKCS#8 (RFC 5958) around an ECPrivateKey (RFC 5915). */
function pkcs8(secretKey: Uint8Array): Uint8Array {
  const ecPrivateKey = sequence(
    unsignedInteger(Uint8Array.of(1)),
    octetString(secretKey),
    explicit(1, bitString(p256.getPublicKey(secretKey, false))),
  )
  return sequence(unsignedInteger(Uint8Array.of(0)), P256_PUBLIC_KEY, octetString(ecPrivateKey))
}
