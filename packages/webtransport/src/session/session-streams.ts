import type { StreamKind } from '@sluice/credit'
import type { Stream } from '@sluice/engine'
import { ErrorCode, encodeWebTransportHeader } from '@sluice/h3'
import { abandon } from '../connection/abandon.ts'
import type { Http3Connection } from '../connection/http3-connection.ts'
import { SessionClosedError } from '../errors.ts'
import type { OpenStreamOptions } from '../session.ts'
import { DataStream } from './data-stream.ts'
import type { FlowControlDriver } from './flow-control/flow-control-driver.ts'
import { IncomingStreams } from './incoming-streams.ts'
import type { KnownPeer } from './known-peer.ts'
import type { SessionLedger } from './ledger.ts'
import { OpenQueue } from './open-queue.ts'
import type { SessionJudge } from './session-judge.ts'

/** The data streams of a session, whoever opened them, from the first byte of their header until they are retired. */
export class SessionStreams {
  /** Streams that the peer opened, until somebody takes them. */
  readonly incoming: Readonly<Record<StreamKind, IncomingStreams>>
  /** Called each time that the last live stream is gone. */
  onIdle: (() => void) | undefined
  readonly #http3: Http3Connection
  readonly #ledger: SessionLedger
  readonly #peer: KnownPeer
  readonly #judge: SessionJudge
  readonly #live = new Map<number, DataStream>()
  readonly #headers: Readonly<Record<StreamKind, Uint8Array>>
  readonly #opens: Readonly<Record<StreamKind, OpenQueue<DataStream>>>
  /** Streams whose header goes out at the end of this turn unless data takes it along. */
  #headersToFlush: DataStream[] = []
  #over = false
  readonly #flowControl: FlowControlDriver | undefined

  /** @param flowControl undefined where session flow control is off */
  constructor(
    http3: Http3Connection,
    sessionId: number,
    ledger: SessionLedger,
    judge: SessionJudge,
    peer: KnownPeer,
    flowControl?: FlowControlDriver,
  ) {
    this.#http3 = http3
    this.#flowControl = flowControl
    this.#ledger = ledger
    this.#peer = peer
    this.#judge = judge
    this.#headers = {
      bidi: encodeWebTransportHeader('bidi', sessionId),
      uni: encodeWebTransportHeader('uni', sessionId),
    }
    this.#opens = { bidi: this.#openQueue('bidi'), uni: this.#openQueue('uni') }
    this.incoming = {
      bidi: new IncomingStreams((incoming) => incoming.accept()),
      uni: new IncomingStreams((incoming) => incoming.accept()),
    }
  }

  /** Opens a stream; waits for credit. @throws NoStreamCreditError, SessionClosedError, the signal's reason */
  async open(kind: StreamKind, options: OpenStreamOptions): Promise<DataStream> {
    this.#throwIfOver()
    const stream = await this.#opens[kind].open(options)
    // The session may have ended between the two: then nobody was there to be told that the stream is lost.
    this.#throwIfOver()
    if (options.answered === true) stream.expectAnswer()
    return stream
  }

  /** Opens a stream at once; undefined when there is no credit now. @throws SessionClosedError */
  tryOpen(kind: StreamKind): DataStream | undefined {
    this.#throwIfOver()
    return this.#opens[kind].tryOpen()
  }

  /** There may be credit for opens that wait. */
  openable(kind: StreamKind): void {
    // A connection that is being closed fails what waits when it is gone.
    if (this.#http3.ended) return
    this.#opens[kind].serve()
  }

  /** The peer opened a stream; `held` came behind its header. */
  arrived(stream: Stream, held: Uint8Array): void {
    if (this.#over) {
      abandon(this.#peer.handle(stream, 0), ErrorCode.WT_SESSION_GONE)
      return
    }
    if (this.#flowControl?.peerOpened(stream.kind) === false) {
      abandon(stream, ErrorCode.WT_SESSION_GONE)
      return
    }
    const incoming = new DataStream(
      this.#peer.handle(stream, 0),
      { held },
      this.#ledger.opened(stream.id),
      this.#judge,
      this.#http3.clock,
      this.#flowControl,
    )
    this.#live.set(incoming.id, incoming)
    this.#flowControl?.received(held.length)
    if (!this.#over) this.incoming[incoming.kind].add(incoming)
  }

  /** Both halves of a stream are gone; whether it did any work, if it is one of these. */
  retired(id: number): 'worked' | 'wasted' | undefined {
    const stream = this.#live.get(id)
    if (stream === undefined) return undefined
    this.#live.delete(id)
    this.#settle(stream)
    // Less is kept in reserve the fewer streams the peer allows: where it withholds credit, something came free.
    if (stream.opener === 'us') this.openable(stream.kind)
    if (this.#live.size === 0) this.onIdle?.()
    return stream.receiveState === 'reset' ? 'wasted' : 'worked'
  }

  /** Ends both halves of a stream that holds its credit for nothing, and tells the application. */
  reap(id: number): void {
    const stream = this.#live.get(id)
    if (stream === undefined) return
    this.incoming[stream.kind].remove(stream)
    stream.reap()
  }

  /** Bytes of a stream that the peer has acknowledged. */
  acknowledged(id: number): number {
    return this.#live.get(id)?.stats().bytesAcknowledged ?? 0
  }

  /** Where session flow control counts, both ends have to count the same streams (draft-ietf-webtrans-http3, 5.3). */
  #settle({ record, kind, opener, announced }: DataStream): void {
    if (this.#flowControl === undefined || announced) this.#ledger.retired(record)
    else this.#ledger.withdrawn(record)
    if (opener === 'them') this.#flowControl?.peerRetired(kind)
    else if (!announced) this.#flowControl?.withdrawn(kind)
  }

  /** Fails the opens that wait for credit. */
  failWaiting(reason: Error): void {
    this.#opens.bidi.fail(reason)
    this.#opens.uni.fail(reason)
  }

  /** Fails pending opens and ends every data stream (draft-ietf-webtrans-http3, 6). */
  end(connectionLives: boolean): void {
    this.#over = true
    this.#flowControl?.end()
    const error = new SessionClosedError('the session was closed while the stream waited for credit')
    this.failWaiting(error)
    this.incoming.bidi.clear()
    this.incoming.uni.clear()
    for (const stream of this.#live.values()) stream.lose(connectionLives)
  }

  #openQueue(kind: StreamKind): OpenQueue<DataStream> {
    return new OpenQueue({
      clock: this.#http3.clock,
      open: () => this.#openNow(kind),
      reserve: this.#http3.limits.reservedStreams,
      counts: () => this.#ledger.openCounts(kind),
      account: () => this.#ledger.openAccount(kind),
      snapshot: () => this.#ledger.refreshed(this.#ledger.openAccount(kind)),
      verdict: (waited) => this.#judge.openVerdict(kind, waited),
    })
  }

  #throwIfOver(): void {
    if (this.#over) throw new SessionClosedError('the session is closed: dial again for a new one')
  }

  #openNow(kind: StreamKind): DataStream | undefined {
    if (this.#http3.ended) throw new SessionClosedError('the connection is being closed: dial again')
    // Both limits hold (draft-ietf-webtrans-http3, 5.3).
    if (this.#flowControl?.mayOpen(kind) === false) return undefined
    const stream = this.#http3.quic.openStream(kind)
    if (stream === undefined) return undefined
    this.#flowControl?.opened(kind)
    const record = this.#ledger.opened(stream.id)
    const outgoing = new DataStream(
      this.#peer.handle(stream, this.#headers[kind].length),
      { header: this.#headers[kind] },
      record,
      this.#judge,
      this.#http3.clock,
      this.#flowControl,
    )
    this.#live.set(outgoing.id, outgoing)
    // A stream whose opener only listens must exist at the other end too.
    if (this.#headersToFlush.push(outgoing) === 1) setImmediate(() => this.#flushHeaders())
    return outgoing
  }

  #flushHeaders(): void {
    const streams = this.#headersToFlush
    this.#headersToFlush = []
    if (this.#http3.ended) return
    for (const stream of streams) stream.flushHeader()
  }
}
