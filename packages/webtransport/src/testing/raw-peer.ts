import { after } from 'node:test'
import type { CloseReason, Connection, Endpoint, Engine, SocketAddress, Stream } from '@sluice/engine'
import {
  concat,
  decodeFieldSection,
  encodeConnectRequest,
  encodeSettingsFrame,
  encodeVarint,
  type Fields,
  RequestStreamDecoder,
  SettingId,
} from '@sluice/h3'
import { CERTIFICATE } from './certificate.ts'
import { becomes } from './pair.ts'

/** What a client has to send at least. */
export const SETTINGS: readonly (readonly [number, number])[] = [
  [SettingId.ENABLE_CONNECT_PROTOCOL, 1],
  [SettingId.H3_DATAGRAM, 1],
  [SettingId.ENABLE_WEBTRANSPORT, 1],
]

/** How the peer ended its half of a stream: its last word, and what it sent before. */
export interface StreamRecord {
  readonly stream: Stream
  received: Uint8Array
  /** Code of the STOP_SENDING that it sent us. */
  stopped: number | undefined
}

/** Closed at the end of the file's tests: an open endpoint keeps the process alive. */
const endpoints: Endpoint[] = []
after(async () => {
  await Promise.all(endpoints.map((endpoint) => endpoint.close()))
})

/** A QUIC peer that sends whatever bytes a test wants, to see what the other end answers. */
export class RawPeer {
  readonly connection: Connection
  readonly closed: Promise<CloseReason>
  /** Streams that the other end opened. */
  readonly incoming: StreamRecord[] = []
  /** Streams that `send` opened. */
  readonly sent: StreamRecord[] = []
  /** Called with each stream that the other end opens. */
  onIncoming: ((stream: StreamRecord) => void) | undefined

  constructor(connection: Connection, onConnected?: () => void) {
    this.connection = connection
    const { promise, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = promise
    connection.events = {
      ...(onConnected === undefined ? {} : { connected: onConnected }),
      streamsAcceptable: (kind) => {
        for (let stream = connection.acceptStream(kind); stream !== undefined; stream = connection.acceptStream(kind)) {
          const made = record(stream)
          this.incoming.push(made)
          this.onIncoming?.(made)
        }
      },
      closed: resolve,
    }
  }

  /** Dials and is connected, with nothing sent yet. */
  static async dial(engine: Engine, address: SocketAddress): Promise<RawPeer> {
    const endpoint = await engine.bind({})
    endpoints.push(endpoint)
    const connection = endpoint.connect(address, {
      alpn: ['h3'],
      serverName: address.host,
      verify: { certificateHashes: [CERTIFICATE.hash] },
    })
    return await new Promise<RawPeer>((resolve) => {
      const made: RawPeer = new RawPeer(connection, () => resolve(made))
    })
  }

  /** Bidirectional streams that we opened and of which a half is alive. */
  get live(): number {
    const { opened, retired } = this.connection.streamCounts('bidi', 'us')
    return opened - retired
  }

  /** A stream that begins with these bytes. */
  send(kind: 'bidi' | 'uni', bytes: Uint8Array, options: { fin?: boolean } = {}): StreamRecord {
    const stream = this.connection.openStream(kind)
    if (stream === undefined) throw new RangeError('no stream credit')
    const made = kind === 'bidi' ? record(stream) : { stream, received: new Uint8Array(0), stopped: undefined }
    if (kind === 'uni') {
      stream.events = {
        stopped: (code) => {
          made.stopped = code
        },
      }
    }
    this.sent.push(made)
    stream.write(bytes)
    if (options.fin) stream.finish()
    return made
  }

  /** A control stream with SETTINGS that any end accepts. */
  sendSettings(settings: Iterable<readonly [number, number | bigint]> = SETTINGS): StreamRecord {
    return this.send('uni', concat(encodeVarint(0), encodeSettingsFrame(settings)))
  }

  /** SETTINGS and a CONNECT, until the answer is there. */
  async openSession(path = '/'): Promise<StreamRecord> {
    this.sendSettings()
    const connect = this.send('bidi', connectRequest(path))
    await becomes(() => connect.received.length > 0 || connect.stream.receiveState !== 'open', true)
    return connect
  }

  /** The code of the CONNECTION_CLOSE that the other end sent. */
  async closeCode(): Promise<number | undefined> {
    const reason = await this.closed
    return 'code' in reason && reason.remote ? reason.code : undefined
  }
}

/** A CONNECT for a session at a path. */
export function connectRequest(path = '/'): Uint8Array {
  return encodeConnectRequest({ protocol: 'webtransport', authority: 'test', path })
}

/** The fields of the response on a request stream. */
export function responseFields({ received }: StreamRecord): Fields {
  const decoder = new RequestStreamDecoder({ reading: 'response' })
  decoder.push(received)
  const event = decoder.next()
  return event?.type === 'headers' ? decodeFieldSection(event.fieldSection) : []
}

/** The fields of the request that came on a stream. */
export function requestFields(request: StreamRecord | undefined): Fields {
  const decoder = new RequestStreamDecoder({ reading: 'request' })
  decoder.push(request?.received ?? new Uint8Array(0))
  const event = decoder.next()
  return event?.type === 'headers' ? decodeFieldSection(event.fieldSection) : []
}

export function status(stream: StreamRecord): number {
  return Number(responseFields(stream).find(([name]) => name === ':status')?.[1])
}

function record(stream: Stream): StreamRecord {
  const made: StreamRecord = { stream, received: new Uint8Array(0), stopped: undefined }
  const read = (): void => {
    for (let chunk = stream.read(); chunk !== undefined; chunk = stream.read()) {
      made.received = concat(made.received, chunk)
    }
  }
  stream.events = {
    readable: read,
    stopped: (code) => {
      made.stopped = code
      stream.reset(code)
    },
  }
  if (stream.opener === 'them' || stream.kind === 'bidi') read()
  return made
}
