import type { StreamKind } from '@sluice/credit'
import type { CloseReason, Connection, Stream } from '../engine.ts'
import { Condition } from './condition.ts'
import { TestStream } from './test-stream.ts'

/** One end of a connection, with its events as things to wait for. */
export class Peer {
  readonly connection: Connection
  /** Streams that were reported as retired, each time. */
  readonly retired: number[] = []
  /** Each end that was reported; there must be one. */
  readonly closings: CloseReason[] = []
  readonly migrations: { readonly host: string; readonly port: number }[] = []
  readonly #condition = new Condition()
  #connected: boolean
  #datagramsWritable = 0
  #openable: Record<StreamKind, number> = { bidi: 0, uni: 0 }
  #blocked: Record<StreamKind, number> = { bidi: 0, uni: 0 }
  #acceptable: Record<StreamKind, number> = { bidi: 0, uni: 0 }

  constructor(connection: Connection) {
    this.connection = connection
    this.#connected = connection.side === 'server'
    const note = (action: () => void) => () => {
      action()
      this.#condition.changed()
    }
    connection.events = {
      connected: note(() => {
        this.#connected = true
      }),
      streamsAcceptable: (kind) => note(() => (this.#acceptable[kind] += 1))(),
      streamsOpenable: (kind) => note(() => (this.#openable[kind] += 1))(),
      streamsBlocked: (kind) => note(() => (this.#blocked[kind] += 1))(),
      streamRetired: (id) => note(() => this.retired.push(id))(),
      datagramsReadable: note(() => {}),
      datagramsWritable: note(() => (this.#datagramsWritable += 1)),
      migrated: (address) => note(() => this.migrations.push(address))(),
      closed: (reason) => note(() => this.closings.push(reason))(),
    }
  }

  /** Waits until the handshake is complete; the connection ending instead is an error. */
  async connected(): Promise<void> {
    await this.until('connected', () => this.#connected || this.closings.length > 0)
    const [reason] = this.closings
    if (!this.#connected) throw new Error(`not connected: ${JSON.stringify(reason)}`)
  }

  /** Waits for the end. */
  async closed(): Promise<CloseReason> {
    return this.#condition.value('closed', () => this.closings[0])
  }

  /** Waits until something holds; looked at after each event of this connection and its streams. */
  until(what: string, holds: () => boolean): Promise<void> {
    return this.#condition.until(what, holds)
  }

  /** Opens a stream; there must be credit. */
  open(kind: StreamKind): TestStream {
    const stream = this.tryOpen(kind)
    if (stream === undefined) throw new Error(`no credit for a ${kind} stream`)
    return stream
  }

  tryOpen(kind: StreamKind): TestStream | undefined {
    const stream = this.connection.openStream(kind)
    return stream && this.#wrap(stream)
  }

  /** Opens as many streams as there is credit for. */
  openAll(kind: StreamKind): TestStream[] {
    const streams: TestStream[] = []
    for (let stream = this.tryOpen(kind); stream !== undefined; stream = this.tryOpen(kind)) streams.push(stream)
    return streams
  }

  /** Takes the next stream of the peer, when it comes. */
  async accept(kind: StreamKind): Promise<TestStream> {
    return this.#condition.value(`a ${kind} stream to accept`, () => {
      const stream = this.connection.acceptStream(kind)
      return stream && this.#wrap(stream)
    })
  }

  /** How often `streamsOpenable` was called. */
  openable(kind: StreamKind): number {
    return this.#openable[kind]
  }

  /** How often `streamsBlocked` was called. */
  blocked(kind: StreamKind): number {
    return this.#blocked[kind]
  }

  /** How often `streamsAcceptable` was called. */
  acceptable(kind: StreamKind): number {
    return this.#acceptable[kind]
  }

  /** How often `datagramsWritable` was called. */
  get datagramsWritable(): number {
    return this.#datagramsWritable
  }

  /** Takes the next datagram, when it comes. */
  async receiveDatagram(): Promise<Uint8Array> {
    return this.#condition.value('a datagram', () => this.connection.receiveDatagram())
  }

  #wrap(stream: Stream): TestStream {
    return new TestStream(stream, this.#condition)
  }
}
