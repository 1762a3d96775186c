/** The most that one read returns. */
export const SLAB_SIZE: number = 64 * 1024

/** The addon copies what it read here: one crossing, no allocation on the other side. */
export const slab: Uint8Array = new Uint8Array(SLAB_SIZE)

/** Chunks up to this size share a buffer: an `ArrayBuffer` each would cost more than the bytes. */
const MAX_POOLED = 2048
const POOL_SIZE = 32 * 1024

let pool = new ArrayBuffer(POOL_SIZE)
let used = 0

/** The first `length` bytes of the slab, in an array of the receiver's own. */
export function takeFromSlab(length: number): Uint8Array {
  if (length > MAX_POOLED) return slab.slice(0, length)
  if (used + length > POOL_SIZE) {
    pool = new ArrayBuffer(POOL_SIZE)
    used = 0
  }
  const copy = new Uint8Array(pool, used, length)
  // Aligned, so that a receiver may look at the bytes through a wider array.
  used += (length + 7) & ~7
  copy.set(slab.subarray(0, length))
  return copy
}

/** V8 keeps arrays up to this size in its own heap, and moving one out for the addon costs more than copying it. */
const MAX_INLINE = 64

/** An array that begins with `data` and can be handed to the addon at no cost. */
export function putIntoSlab(data: Uint8Array): Uint8Array {
  if (data.length > MAX_INLINE) return data
  slab.set(data)
  return slab
}
