import type { Stream } from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import type { Uint8ArrayList } from 'uint8arraylist'
import { StreamCutError, StreamIdleError } from '../errors.ts'

/** Nothing read and nothing taken for this long ends a stream of our services. */
export const IDLE: Millis = 30_000

export interface StreamIoOptions {
  readonly signal?: AbortSignal
  /** Longest time without a byte; default {@link IDLE}. */
  readonly idle?: Millis
}

/**
 * Hands everything that the stream receives to `take`, in order, until the peer's FIN. While `take` has a promise
 * pending the stream is paused, so that QUIC's flow control holds the peer back.
 *
 * @throws StreamCutError on a reset or a lost connection; StreamIdleError; the signal's reason; what `take` throws
 */
export function receive(
  stream: Stream,
  take: (data: Uint8Array | Uint8ArrayList) => Promise<void> | undefined,
  { signal, idle = IDLE }: StreamIoOptions = {},
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const expire = () => reject(new StreamIdleError(`no byte arrived on a ${stream.protocol} stream for ${idle} ms`))
  let timer = setTimeout(expire, idle)

  const onMessage = (event: { data: Uint8Array | Uint8ArrayList }): void => {
    clearTimeout(timer)
    timer = setTimeout(expire, idle)
    try {
      const pending = take(event.data)
      if (pending === undefined) return
      stream.pause()
      pending.then(() => {
        if (stream.readStatus === 'paused') stream.resume()
      }, reject)
    } catch (error) {
      reject(error)
    }
  }
  const onEnd = (): void => {
    if (stream.status === 'aborted' || stream.status === 'reset') return
    resolve()
  }
  const onClose = (event: { error?: Error }): void => {
    if (event.error === undefined && stream.readableEnded) resolve()
    else reject(new StreamCutError(`a ${stream.protocol} stream was cut short`, { cause: event.error, remote: true }))
  }
  const onAbort = (): void => reject(signal?.reason)

  stream.addEventListener('message', onMessage)
  stream.addEventListener('end', onEnd)
  stream.addEventListener('close', onClose)
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()
  else if (stream.readableEnded) onEnd()
  return promise.finally(() => {
    clearTimeout(timer)
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('end', onEnd)
    stream.removeEventListener('close', onClose)
    signal?.removeEventListener('abort', onAbort)
  })
}

/** Sends one piece; resolves when the stream takes more. Undefined: it does already. @throws StreamIdleError */
export function send(
  stream: Stream,
  data: Uint8Array | Uint8ArrayList,
  { signal, idle = IDLE }: StreamIoOptions = {},
): Promise<void> | undefined {
  if (stream.send(data)) return undefined
  const late = () => new StreamIdleError(`no byte was taken on a ${stream.protocol} stream for ${idle} ms`)
  return bounded((bound) => stream.onDrain({ signal: bound }), late, { signal, idle })
}

/** Finishes our half: FIN behind all that was sent. @throws StreamIdleError the peer takes nothing more */
export async function finish(stream: Stream, { signal, idle = IDLE }: StreamIoOptions = {}): Promise<void> {
  const late = () => new StreamIdleError(`a ${stream.protocol} stream could not be finished for ${idle} ms`)
  await bounded((bound) => stream.close({ signal: bound }), late, { signal, idle })
}

/**
 * Runs `wait` with a signal that fires with `late` after `idle` ms, or with the caller's signal. Unlike what
 * AbortSignal.timeout leaves behind, its timer goes when the wait ends: there is one for every stream.
 */
async function bounded(
  wait: (bound: AbortSignal) => Promise<void>,
  late: () => StreamIdleError,
  { signal, idle }: { readonly signal: AbortSignal | undefined; readonly idle: Millis },
): Promise<void> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const expire = setTimeout(() => controller.abort(late()), idle)
  const onAbort = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort)
  try {
    await wait(controller.signal)
  } catch (error) {
    if (controller.signal.reason instanceof StreamIdleError) throw controller.signal.reason
    throw error
  } finally {
    clearTimeout(expire)
    signal?.removeEventListener('abort', onAbort)
  }
}
