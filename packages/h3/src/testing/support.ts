import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concat } from '../bytes.ts'
import type { ErrorCodeName } from '../codes.ts'
import { H3ConnectionError, H3Error, H3StreamError } from '../errors.ts'

/** Bytes from hexadecimal digits; spaces are for the reader. */
export function unhex(digits: string): Uint8Array {
  return Uint8Array.from(digits.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Expects the typed error: its class by the scope, its code by the name. */
export function throwsH3(scope: 'connection' | 'stream', name: ErrorCodeName, act: () => unknown): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof (scope === 'connection' ? H3ConnectionError : H3StreamError), String(error))
    assert.equal(error.code, `ERR_${name}`)
    return true
  })
}

/** What every decoder of this package has in common. */
export interface Decoder<T> {
  push(chunk: Uint8Array): void
  end(): void
  next(): T | undefined
}

/** Everything that a decoder makes of these chunks and a FIN. */
export function decodeAll<T>(
  decoder: Decoder<T>,
  chunks: Iterable<Uint8Array>,
): { readonly events: T[]; readonly error: string | undefined } {
  const events: T[] = []
  const drain = () => {
    for (let event = decoder.next(); event !== undefined; event = decoder.next()) events.push(event)
  }
  try {
    for (const chunk of chunks) {
      decoder.push(chunk)
      drain()
    }
    decoder.end()
    drain()
  } catch (error) {
    if (!(error instanceof H3Error)) throw error
    return { events, error: error.code }
  }
  return { events, error: undefined }
}

/** `bytes` cut at the given places, which may be in any order and repeat. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return sorted.slice(1).map((end, i) => bytes.slice(sorted[i], end))
}

/** Places to cut at. */
export const cuts = fc.array(fc.nat(), { maxLength: 12 })

/** Bytes that keep most of `seeds`' structure: a concatenation of them with a few bytes changed, or plain noise. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 })
  const changed = fc.tuple(fc.array(fc.constantFrom(...seeds), { maxLength: 5 }), changes).map(([parts, edits]) => {
    const bytes = concat(...parts)
    for (const [place, value] of edits) if (bytes.length > 0) bytes[place % bytes.length] = value
    return bytes
  })
  return fc.oneof(changed, fc.uint8Array({ maxLength: 200 }))
}
