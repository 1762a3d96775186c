import { InvalidArgumentError } from '../errors.ts'

/** TLS exporter label of every WebTransport exporter (draft-ietf-webtrans-http3, 4.8). */
export const EXPORTER_LABEL: Uint8Array = new TextEncoder().encode('EXPORTER-WebTransport')

const MAX_LENGTH = 255

/**
 * TLS exporter context: the session's id, then label and context of the application, each behind its length.
 *
 * @throws InvalidArgumentError when label or context is longer than 255 bytes
 */
export function exporterContext(sessionId: number, label: Uint8Array, context: Uint8Array): Uint8Array {
  if (label.length > MAX_LENGTH || context.length > MAX_LENGTH) {
    throw new InvalidArgumentError(`label and context of an exporter have at most ${MAX_LENGTH} bytes each`)
  }
  const whole = new Uint8Array(8 + 1 + label.length + 1 + context.length)
  new DataView(whole.buffer).setBigUint64(0, BigInt(sessionId))
  whole[8] = label.length
  whole.set(label, 9)
  whole[9 + label.length] = context.length
  whole.set(context, 10 + label.length)
  return whole
}
