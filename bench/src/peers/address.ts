import type { TestCertificate } from '@sluice/engine/testing'

/** Where a listener is and the hash of its certificate, as one URL: `https://127.0.0.1:443/perf#<SHA-256 in hex>`. */
export function addressOf(host: string, port: number, { hash }: TestCertificate): string {
  return `https://${host}:${port}/perf#${Buffer.from(hash).toString('hex')}`
}

/** The hash in an address made by `addressOf`. */
export function certificateHash(address: URL): Uint8Array {
  return Uint8Array.from(Buffer.from(address.hash.slice(1), 'hex'))
}
