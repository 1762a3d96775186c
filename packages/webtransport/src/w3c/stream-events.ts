import type { DataStream } from '../session/data-stream.ts'
import type { StreamCode } from '../session.ts'

/** One half of a stream as a WHATWG stream sees it. */
export interface HalfEvents {
  readable?(): void
  writable?(): void
  stopped?(code: StreamCode): void
  finished?(): void
  lost(): void
}

/** Hands the callbacks of one stream to the WHATWG streams of its two halves. */
export function listen(stream: DataStream, ...halves: readonly HalfEvents[]): void {
  stream.events = {
    readable: () => halves.forEach((half) => void half.readable?.()),
    writable: () => halves.forEach((half) => void half.writable?.()),
    stopped: (code) => halves.forEach((half) => void half.stopped?.(code)),
    finished: () => halves.forEach((half) => void half.finished?.()),
    lost: () => halves.forEach((half) => void half.lost()),
  }
}
