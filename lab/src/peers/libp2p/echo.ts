import type { Stream } from '@libp2p/interface'

export const echoProtocol = '/echo/1.0.0'

const chunk = 64 * 1024

/** Sends back what comes until the peer's FIN, then ends our half. */
export async function serveEcho(stream: Stream): Promise<void> {
  try {
    for await (const part of stream) {
      if (!stream.send(part)) await stream.onDrain()
    }
    await stream.close()
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Sends `message`, ends our half and returns what came back until the peer ended its own. Ends the stream in any case. */
export async function exchange(stream: Stream, message: Uint8Array, signal: AbortSignal): Promise<Uint8Array[]> {
  const abort = (): void => stream.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const [received] = await Promise.all([receive(stream), send(stream, message, signal)])
    return received
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function send(stream: Stream, message: Uint8Array, signal: AbortSignal): Promise<void> {
  for (let at = 0; at < message.byteLength; at += chunk) {
    if (!stream.send(message.subarray(at, at + chunk))) await stream.onDrain({ signal })
  }
  await stream.close({ signal })
}

async function receive(stream: Stream): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part.subarray())
  return parts
}
