import type { Stream } from '@sluice/engine'
import {
  ControlStreamDecoder,
  checkQpackEncoderStream,
  ErrorCode,
  H3ConnectionError,
  QpackDecoderStreamChecker,
  type Settings,
} from '@sluice/h3'

type CriticalType = 'control' | 'qpack-encoder' | 'qpack-decoder'

interface Reader {
  push(chunk: Uint8Array): void
  /** The stream ended, which is always an error. */
  end(): void
}

export interface CriticalStreamEvents {
  settings(settings: Settings): void
  goaway(): void
  /** Runs a step in which a protocol error ends the connection. */
  guard(step: () => void): void
}

/** The peer's control and QPACK streams: one of each, and none of them may ever end (RFC 9114, 6.2.1; RFC 9204, 4.2). */
export class PeerCriticalStreams {
  readonly #side: 'client' | 'server'
  readonly #events: CriticalStreamEvents
  readonly #seen = new Set<CriticalType>()

  /** @param side which end we are */
  constructor(side: 'client' | 'server', events: CriticalStreamEvents) {
    this.#side = side
    this.#events = events
  }

  /** @throws H3ConnectionError */
  take(stream: Stream, type: CriticalType | 'push', first: Uint8Array): void {
    if (type === 'push') {
      // RFC 9114, 6.2.2: only servers push, and only what MAX_PUSH_ID allows; we never send one.
      const code = this.#side === 'server' ? ErrorCode.H3_STREAM_CREATION_ERROR : ErrorCode.H3_ID_ERROR
      throw new H3ConnectionError(code, 'a push stream')
    }
    if (this.#seen.has(type)) {
      throw new H3ConnectionError(ErrorCode.H3_STREAM_CREATION_ERROR, `a second ${type} stream`)
    }
    this.#seen.add(type)
    const reader = type === 'control' ? this.#controlReader() : qpackReader(type)
    const read = (): void => {
      for (let chunk = stream.read(); chunk !== undefined; chunk = stream.read()) reader.push(chunk)
      if (stream.receiveState !== 'open' && stream.receiveState !== 'lost') reader.end()
    }
    stream.events = { readable: () => this.#events.guard(read) }
    reader.push(first)
    read()
  }

  #controlReader(): Reader {
    const decoder = new ControlStreamDecoder(this.#side)
    const drain = (): void => {
      for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
        if (event.type === 'settings') this.#events.settings(event.settings)
        else this.#events.goaway()
      }
    }
    return {
      push: (chunk) => {
        decoder.push(chunk)
        drain()
      },
      end: () => {
        decoder.end()
        drain()
      },
    }
  }
}

function qpackReader(type: 'qpack-encoder' | 'qpack-decoder'): Reader {
  const checker = new QpackDecoderStreamChecker()
  return {
    push: (chunk) => (type === 'qpack-encoder' ? checkQpackEncoderStream(chunk) : checker.push(chunk)),
    end: () => {
      throw new H3ConnectionError(ErrorCode.H3_CLOSED_CRITICAL_STREAM, `the ${type} stream has ended`)
    },
  }
}
