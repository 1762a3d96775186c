/** Bytes that do not repeat within a power of two, the same in every peer of the lab. */
export function pattern(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = i % 251
  return bytes
}

/** SHA-256, hexadecimal. */
export async function checksum(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
