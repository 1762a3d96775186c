import { X509Certificate } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { ServerVerification, SocketAddress } from '@sluice/engine'
import { InvalidArgumentError } from './errors.ts'

const HTTPS_PORT = 443

/** Where a URL leads: what QUIC, TLS and HTTP/3 each need of it. */
export interface Destination {
  /** Name or IP literal, without brackets. */
  readonly host: string
  readonly port: number
  /** As in the URL; the default port is left out. */
  readonly authority: string
  /** Path and query. */
  readonly path: string
}

/** @throws InvalidArgumentError unless it is an https URL without fragment and credentials */
export function parseDestination(input: string | URL): Destination {
  const url = URL.canParse(input) ? new URL(input) : undefined
  if (url === undefined) throw new InvalidArgumentError(`${JSON.stringify(String(input))} is not a URL`)
  if (url.protocol !== 'https:') throw new InvalidArgumentError(`WebTransport needs an https URL, not ${url.protocol}`)
  if (url.hash !== '') throw new InvalidArgumentError('the URL of a session has no fragment')
  if (url.username !== '' || url.password !== '') throw new InvalidArgumentError('the URL has credentials')
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? HTTPS_PORT : Number(url.port),
    authority: url.host,
    path: url.pathname + url.search,
  }
}

/** The address of a host; IPv4 where it has both. Rejects with the error of `node:dns`. */
export async function resolve(destination: Destination): Promise<SocketAddress & { family: 'IPv4' | 'IPv6' }> {
  const { host, port } = destination
  const family = isIP(host)
  if (family !== 0) return { host, port, family: family === 4 ? 'IPv4' : 'IPv6' }
  const found = await lookup(host, { order: 'ipv4first' })
  return { host: found.address, port, family: found.family === 4 ? 'IPv4' : 'IPv6' }
}

let systemRoots: readonly Uint8Array[] | undefined

/** How the server's certificate is checked: by hash, by the caller's roots, or by those that Node ships. */
export function verification(options: {
  readonly serverCertificateHashes?: readonly Uint8Array[]
  readonly roots?: readonly Uint8Array[]
}): ServerVerification {
  const { serverCertificateHashes: certificateHashes, roots } = options
  if (certificateHashes !== undefined && certificateHashes.length > 0) {
    if (roots !== undefined) throw new InvalidArgumentError('give either serverCertificateHashes or roots')
    for (const hash of certificateHashes) {
      if (hash.length !== 32) throw new InvalidArgumentError(`a SHA-256 hash has 32 bytes, not ${hash.length}`)
    }
    return { certificateHashes }
  }
  systemRoots ??= rootCertificates.map((pem) => new X509Certificate(pem).raw)
  return { roots: roots ?? systemRoots }
}
