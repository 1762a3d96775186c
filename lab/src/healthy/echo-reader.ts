import type { Stream } from '@libp2p/interface'

/** Counts what the echo of a stream brings, from the first byte on. */
export class EchoReader {
  #bytes = 0
  #wanted = Number.POSITIVE_INFINITY
  #enough = Promise.withResolvers<void>()
  readonly #end = Promise.withResolvers<void>()
  #pause = 0

  constructor(stream: Stream) {
    stream.addEventListener('message', ({ data }) => {
      this.#bytes += data.byteLength
      if (this.#bytes >= this.#wanted) this.#enough.resolve()
      if (this.#pause === 0) return
      stream.pause()
      setTimeout(() => {
        if (stream.readStatus === 'paused') stream.resume()
      }, this.#pause)
    })
    stream.addEventListener('end', () => this.#end.resolve())
    stream.addEventListener('close', () => this.#end.resolve())
  }

  /** From now on each part is left alone for so many milliseconds. */
  pauseAfterEach(milliseconds: number): void {
    this.#pause = milliseconds
  }

  /** So many bytes more than at the last call have come. @throws the signal's reason, RangeError the stream ends before */
  async atLeast(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bytes < bytes) {
      this.#wanted = bytes
      this.#enough = Promise.withResolvers()
      await unless(signal, Promise.race([this.#enough.promise, this.#end.promise]))
    }
    if (this.#bytes < bytes) throw new RangeError(`the echo ended after ${this.#bytes} bytes of ${bytes}`)
    this.#bytes -= bytes
  }

  /** The stream has ended. @throws the signal's reason */
  async end(signal: AbortSignal): Promise<void> {
    await unless(signal, this.#end.promise)
  }
}

/** A time passes. @throws the signal's reason */
export async function after(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  try {
    await unless(signal, passed)
  } finally {
    clearTimeout(timer)
  }
}

/** What the promise says, unless the signal is first. */
async function unless(signal: AbortSignal, promise: Promise<void>): Promise<void> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
