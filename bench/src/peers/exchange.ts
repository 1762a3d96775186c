import type { Stream as EngineStream } from '@sluice/engine'
import type { SessionStream } from '@sluice/webtransport'

// The exchange on every stream is that of libp2p's perf protocol: eight bytes, big-endian, say how many bytes the
// opener wants back; whatever follows is thrown away; at the FIN the listener sends that many bytes and its own FIN.

export const requestSize = 64
export const answerSize = 64
/** Size of a write in bulk: large enough that the call itself costs nothing. */
const zeros = new Uint8Array(256 * 1024)

/** The header of a request that wants `answer` bytes back, filled up to `size`. */
export function request(size: number, answer: number): Uint8Array {
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(answer))
  return bytes
}

const shortRequest = request(requestSize, answerSize)
const shortAnswer = zeros.subarray(0, answerSize)
const uploadHeader = request(8, 0)

/** A stream of the engine or of a session: pulled reads, writes that say how much was taken. */
export type PulledStream = EngineStream | SessionStream

/** Plays the listener's part on a stream. */
export function answer(stream: PulledStream): void {
  let received = 0
  let wanted = 0
  onBytes(
    stream,
    (bytes) => {
      for (let index = 0; received + index < 8 && index < bytes.length; index++) {
        wanted = wanted * 256 + (bytes[index] ?? 0)
      }
      received += bytes.length
    },
    (failure) => {
      if (failure !== undefined || received < 8) stream.reset(0)
      else send(stream, wanted)
    },
  )
}

/** Plays the opener's part with a request and an answer of 64 bytes. */
export function exchange(stream: PulledStream): Promise<void> {
  const done = expect(stream, answerSize)
  if (stream.write(shortRequest) < requestSize) throw new Error('a request of 64 bytes was not taken at once')
  stream.finish()
  return done
}

/** Plays the opener's part with a request of `bytes` after the header and an empty answer. */
export function upload(stream: PulledStream, bytes: number): Promise<void> {
  const done = expect(stream, 0)
  if (stream.write(uploadHeader) < uploadHeader.length) throw new Error('a header of 8 bytes was not taken at once')
  send(stream, bytes)
  return done
}

/** Sends `bytes` zeros and FIN, as fast as they are taken. */
function send(stream: PulledStream, bytes: number): void {
  let left = bytes
  const pump = (): void => {
    while (left > 0) {
      const part = left === answerSize ? shortAnswer : zeros.subarray(0, Math.min(left, zeros.length))
      const taken = stream.write(part)
      left -= taken
      if (taken < part.length) return
    }
    stream.finish()
  }
  stream.events.writable = pump
  pump()
}

/** Resolves at the peer's FIN, which must come after exactly `size` bytes. */
function expect(stream: PulledStream, size: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0
    onBytes(
      stream,
      (bytes) => {
        received += bytes.length
      },
      (failure) => {
        if (failure !== undefined) reject(failure)
        else if (received !== size) reject(new Error(`answer of ${received} bytes, expected ${size}`))
        else resolve()
      },
    )
  })
}

/** Reads to the end; `ended` is called once, with an error when the receive half did not end by a FIN. */
function onBytes(stream: PulledStream, take: (bytes: Uint8Array) => void, ended: (failure?: Error) => void): void {
  let over = false
  const readable = (): void => {
    // A batch of events may still hold one for what an earlier one has made us read.
    while (!over) {
      const bytes = stream.read()
      if (bytes === undefined) break
      take(bytes)
    }
    if (over || stream.receiveState === 'open') return
    over = true
    ended(stream.receiveState === 'ended' ? undefined : new Error(`the receive half is ${stream.receiveState}`))
  }
  stream.events = { ...stream.events, readable }
}
