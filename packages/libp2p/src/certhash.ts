import { CODE_CERTHASH, type Multiaddr } from '@multiformats/multiaddr'
import { base64url } from 'multiformats/bases/base64'
import { bases } from 'multiformats/basics'
import { create, decode } from 'multiformats/hashes/digest'
import type { MultihashDigest } from 'multiformats/hashes/interface'
import { InvalidCerthashError, MissingCerthashError, TooManyCerthashesError } from './errors.ts'

/** Multihash code of SHA-256, the only hash that WebTransport knows. */
const SHA2_256 = 0x12

/** js-libp2p's address matcher takes no more. */
export const MAX_CERTHASHES = 2

/** The hash of a certificate: as a multihash (`bytes`) in libp2p, as `digest` for WebTransport. */
export type Certhash = MultihashDigest<typeof SHA2_256>

/** @param digest SHA-256 of the DER certificate, 32 bytes */
export function certhash(digest: Uint8Array): Certhash {
  return create(SHA2_256, digest)
}

/** The text that stands in a multiaddr; base64url, as the other implementations print it. */
export function certhashText(hash: Certhash): string {
  return base64url.encode(hash.bytes)
}

/**
 * Reads the value of a `/certhash`, in any multibase.
 *
 * @throws InvalidCerthashError
 */
export function parseCerthash(text: string): Certhash {
  let cause: unknown
  try {
    const base = Object.values(bases).find(({ prefix }) => text.startsWith(prefix))
    const digest = base && decode(base.decode(text))
    if (digest?.code === SHA2_256 && digest.size === 32) return certhash(digest.digest)
  } catch (error) {
    cause = error
  }
  throw new InvalidCerthashError(`${JSON.stringify(text)} is no certhash (SHA-256 multihash, multibase)`, {
    cause,
  })
}

/**
 * The certhashes of an address, one or two.
 *
 * @throws MissingCerthashError, TooManyCerthashesError, InvalidCerthashError
 */
export function certhashes(address: Multiaddr): Certhash[] {
  const values = address.getComponents().filter((component) => component.code === CODE_CERTHASH)
  if (values.length === 0) {
    throw new MissingCerthashError(`${address} has no /certhash; dial an address that the listener printed`)
  }
  if (values.length > MAX_CERTHASHES) {
    throw new TooManyCerthashesError(`${address} has ${values.length} certhashes, more than ${MAX_CERTHASHES}`)
  }
  return values.map((component) => parseCerthash(component.value ?? ''))
}

/** Whether every hash of `part` is one of `whole`, both as multihashes. */
export function isSubset(part: readonly Uint8Array[], whole: readonly Uint8Array[]): boolean {
  const known = new Set(whole.map((bytes) => base64url.encode(bytes)))
  return part.every((bytes) => known.has(base64url.encode(bytes)))
}
