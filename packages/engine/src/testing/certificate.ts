import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { CertificateAndKey } from '../engine.ts'

const DAY = 24 * 60 * 60 * 1000

export interface CertificateRequest {
  /** Default: an hour ago. */
  readonly notBefore?: Date
  /** Default: in a week. */
  readonly notAfter?: Date
  /** Default P-256. With Ed25519 the signatures of handshakes have always the same length. */
  readonly key?: 'p256' | 'ed25519' | 'rsa'
  /** Common name, and DNS name in subjectAltName. */
  readonly name?: string
  /** Signs the certificate; default: it signs itself. */
  readonly issuer?: TestCertificate
  /** May sign others. */
  readonly authority?: boolean
}

/** A certificate for tests, in the form that `ServerOptions` takes. */
export interface TestCertificate extends CertificateAndKey {
  /** SHA-256 of the certificate. */
  readonly hash: Uint8Array
  readonly name: string
}

/** Makes an X.509 v3 certificate (RFC 5280). */
export function makeCertificate(request: CertificateRequest = {}): TestCertificate {
  const name = request.name ?? 'sluice.test'
  const keys = makeKeys(request.key)
  const signer =
    request.issuer === undefined
      ? keys.privateKey
      : createPrivateKey({ key: Buffer.from(request.issuer.privateKey), format: 'der', type: 'pkcs8' })
  const { algorithm, digest } = signatureOf(signer)
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName(request.issuer?.name ?? name),
    sequence(
      time(request.notBefore ?? new Date(Date.now() - DAY / 24)),
      time(request.notAfter ?? new Date(Date.now() + 7 * DAY)),
    ),
    distinguishedName(name),
    keys.publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...extensions(name, request.authority ?? false))),
  )
  const certificate = sequence(body, algorithm, bitString(sign(digest, body, signer)))
  return {
    certificate,
    privateKey: keys.privateKey.export({ format: 'der', type: 'pkcs8' }),
    hash: createHash('sha256').update(certificate).digest(),
    name,
  }
}

function makeKeys(kind: CertificateRequest['key']): { publicKey: KeyObject; privateKey: KeyObject } {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function signatureOf({ asymmetricKeyType }: KeyObject): { algorithm: Buffer; digest: string | null } {
  if (asymmetricKeyType === 'ed25519') return { algorithm: ED25519, digest: null }
  return { algorithm: asymmetricKeyType === 'rsa' ? SHA256_WITH_RSA : ECDSA_WITH_SHA256, digest: 'sha256' }
}

/** 1.3.101.112 (RFC 8410, 3) */
const ED25519 = sequence(objectIdentifier('2b6570'))
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('2a8648ce3d040302'))
/** 1.2.840.113549.1.1.11 */
const SHA256_WITH_RSA = sequence(objectIdentifier('2a864886f70d01010b'), der(0x05, Buffer.alloc(0)))

function extensions(name: string, authority: boolean): Buffer[] {
  const subjectAltName = sequence(
    objectIdentifier('551d11'),
    der(0x04, sequence(der(0x82, Buffer.from(name, 'latin1')))),
  )
  if (!authority) return [subjectAltName]
  const trueValue = der(0x01, Buffer.from([0xff]))
  const basicConstraints = sequence(objectIdentifier('551d13'), trueValue, der(0x04, sequence(trueValue)))
  return [subjectAltName, basicConstraints]
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectIdentifier('550403'), der(0x0c, Buffer.from(name, 'utf8')))))
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

function objectIdentifier(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function integer(value: Buffer): Buffer {
  return der(0x02, value)
}

function bitString(value: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), value]))
}

function sequence(...items: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items))
}

function der(tag: number, contents: Buffer): Buffer {
  const { length } = contents
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(header), contents])
}
