import type { StreamKind } from '@sluice/credit'
import { ErrorCode } from '@sluice/h3'
import type { DataStream } from '../session/data-stream.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'

/**
 * The streams that the peer opens, one a pull: what nobody asks for stays held by the session. After a cancel nobody ever
 * will, so they are refused.
 *
 * @param session settles when there is a session
 * @param end settles with the error that ends the streams, or with undefined for an orderly end
 */
export function incomingStreams<T>(
  kind: StreamKind,
  session: Promise<WebTransportSession>,
  end: Promise<unknown>,
  wrap: (stream: DataStream) => T,
): ReadableStream<T> {
  let over = false
  let waiting: ((stream: DataStream | undefined) => void) | undefined
  return new ReadableStream<T>(
    {
      start(controller) {
        void end.then((error) => {
          if (over) return
          over = true
          if (error === undefined) controller.close()
          else controller.error(error)
          waiting?.(undefined)
        })
      },
      async pull(controller) {
        const { incoming } = await session
        if (over) return
        const stream = await new Promise<DataStream | undefined>((resolve) => {
          waiting = resolve
          incoming[kind].taker = (taken) => {
            incoming[kind].taker = undefined
            resolve(taken)
          }
        })
        if (stream === undefined) return
        if (over) refuse(stream)
        else controller.enqueue(wrap(stream))
      },
      async cancel() {
        over = true
        waiting?.(undefined)
        const { incoming } = await session
        incoming[kind].taker = refuse
      },
    },
    { highWaterMark: 0 },
  )
}

function refuse(stream: DataStream): void {
  if (stream.kind === 'bidi') stream.resetRaw(ErrorCode.H3_REQUEST_REJECTED)
  stream.stopRaw(ErrorCode.H3_REQUEST_REJECTED)
}
