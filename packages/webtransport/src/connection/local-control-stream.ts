import type { Connection } from '@sluice/engine'
import {
  concat,
  ErrorCode,
  encodeGoaway,
  encodeSettingsFrame,
  encodeVarint,
  H3ConnectionError,
  StreamType,
} from '@sluice/h3'
import { StreamWriter } from './stream-writer.ts'

/**
 * Our control stream. It is the first uni stream that we open and begins with SETTINGS and nothing else: some peers read
 * exactly one stream and expect just that. We open no QPACK streams, as we use no dynamic table (RFC 9204, 4.2).
 */
export class LocalControlStream {
  readonly #quic: Connection
  readonly #settings: Iterable<readonly [number, number | bigint]>
  readonly #fail: (error: H3ConnectionError) => void
  #writer: StreamWriter | undefined

  constructor(
    quic: Connection,
    settings: Iterable<readonly [number, number | bigint]>,
    fail: (error: H3ConnectionError) => void,
  ) {
    this.#quic = quic
    this.#settings = settings
    this.#fail = fail
  }

  /** Sends SETTINGS, without waiting for the peer's (RFC 9114, 6.2.1). */
  open(): void {
    const stream = this.#quic.openStream('uni')
    if (stream === undefined) {
      // RFC 9114, 6.2: a peer must allow at least three.
      this.#fail(new H3ConnectionError(ErrorCode.H3_STREAM_CREATION_ERROR, 'the peer allows no control stream'))
      return
    }
    const writer = new StreamWriter(stream)
    this.#writer = writer
    stream.setPriority(1)
    stream.events = {
      writable: () => writer.flush(),
      stopped: () => {
        this.#fail(new H3ConnectionError(ErrorCode.H3_CLOSED_CRITICAL_STREAM, 'our control stream was stopped'))
      },
    }
    writer.write(concat(encodeVarint(StreamType.CONTROL), encodeSettingsFrame(this.#settings)))
  }

  sendGoaway(id: number | bigint): void {
    this.#writer?.write(encodeGoaway(id))
  }
}
