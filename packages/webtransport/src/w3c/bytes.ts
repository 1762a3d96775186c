/** The bytes of a BufferSource. @throws TypeError for anything else, and for shared memory (Web IDL, BufferSource) */
export function toBytes(chunk: unknown): Uint8Array {
  const view = ArrayBuffer.isView(chunk)
  const buffer: unknown = view ? chunk.buffer : chunk
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('a chunk is an ArrayBuffer or a view of one')
  return view ? new Uint8Array(buffer, chunk.byteOffset, chunk.byteLength) : new Uint8Array(buffer)
}
