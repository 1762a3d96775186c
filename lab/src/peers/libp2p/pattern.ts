/** Bytes that do not repeat within a power of two, the same in every peer of the lab. */
export function pattern(size: number, offset = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = (offset + i) % 251
  return bytes
}

/** SHA-256 over parts, hexadecimal. */
export async function checksum(parts: readonly Uint8Array[]): Promise<string> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
