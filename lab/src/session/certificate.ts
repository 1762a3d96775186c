import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { CertificateAndKey } from '@sluice/engine'

const day = 24 * 3_600_000
const tag = { integer: 0x02, bitString: 0x03, utcTime: 0x17, sequence: 0x30, version: 0xa0 } as const
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex')

/** A new self-signed P-256 certificate that clients may know by its hash: nameless and valid for ten days (RFC 5280, 4.1). */
export function selfSigned(): CertificateAndKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const noName = element(tag.sequence)
  const toBeSigned = element(
    tag.sequence,
    element(tag.version, element(tag.integer, Buffer.of(2))),
    element(tag.integer, Buffer.of(1)),
    ecdsaWithSha256,
    noName,
    element(tag.sequence, utcTime(Date.now() - day), utcTime(Date.now() + 9 * day)),
    noName,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = element(tag.bitString, Buffer.of(0), sign('sha256', toBeSigned, privateKey))
  return {
    certificate: Uint8Array.from(element(tag.sequence, toBeSigned, ecdsaWithSha256, signature)),
    privateKey: Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })),
  }
}

/** SHA-256 of the certificate, as clients want it. */
export function certificateHash({ certificate }: CertificateAndKey): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(certificate).digest())
}

function element(type: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(type, length), content])
  if (length < 0x100) return Buffer.concat([Buffer.of(type, 0x81, length), content])
  return Buffer.concat([Buffer.of(type, 0x82, length >> 8, length & 0xff), content])
}

function utcTime(time: number): Buffer {
  const digits = new Date(time).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)
  return element(tag.utcTime, Buffer.from(`${digits}Z`))
}
