import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { CertificateAndKey } from '@sluice/engine'

const day = 24 * 60 * 60 * 1000

/**
 * A self-signed certificate for one run, as WebTransport's check by hash wants it: P-256, less than 14 days. Written
 * out in DER (RFC 5280, 4.1), since it is all that the bench would need a library for.
 */
export function selfSignedCertificate(): CertificateAndKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'))
  const noName = der(0x30)
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.of(1)), // serial number
    ecdsaWithSha256,
    noName,
    der(0x30, utcTime(Date.now() - day), utcTime(Date.now() + day)),
    noName,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  return {
    certificate: new Uint8Array(der(0x30, toBeSigned, ecdsaWithSha256, der(0x03, Buffer.of(0), signature))),
    privateKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
  }
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content])
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content])
}

function utcTime(time: number): Buffer {
  const digits = new Date(time).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`, 'ascii'))
}

/** Where a listener is and the hash of its certificate, as one URL: `https://127.0.0.1:443/perf#<SHA-256 in hex>`. */
export function addressOf(host: string, port: number, certificate: Uint8Array): string {
  return `https://${host}:${port}/perf#${createHash('sha256').update(certificate).digest('hex')}`
}

/** The hash in an address made by `addressOf`. */
export function certificateHash(address: URL): Uint8Array {
  return Uint8Array.from(Buffer.from(address.hash.slice(1), 'hex'))
}
