import type { DataFrames, Millis, Opener, StreamKind } from '@sluice/credit'
import { type FlowControlCapsule, H3StreamError, type SessionFlowControlTerms } from '@sluice/h3'
import type { Clock } from '../../clock.ts'
import { CreditLine } from './credit-line.ts'
import type { CreditWaiter, DataCredit } from './data-credit.ts'
import { SessionFlowControl } from './session-flow-control.ts'

/** What the driver needs of its session. */
export interface FlowControlHost {
  /** Whether the CONNECT stream takes a capsule now; if not, `resume` follows. */
  hasRoom(): boolean
  send(capsule: FlowControlCapsule): void
  /** The limit of an account of the session layer, whenever it is set. */
  limited(kind: StreamKind, opener: Opener, limit: number): void
  /** Whoever opens these streams said that the limit holds it back. */
  blocked(kind: StreamKind, opener: Opener): void
  /** Opens that wait may go on. */
  openable(kind: StreamKind): void
  /** The peer broke a rule: the session ends. */
  fail(error: H3StreamError): void
  readonly clock: Clock
}

/** What is known of the data of one end, as the writer. */
export interface DataState {
  /** Since when its writes have waited for the session's window; null when they do not. */
  readonly blockedSince: Millis | null
  /** The capsules of both ends that speak of it. */
  readonly capsules: DataFrames
}

/** Keeps the flow control of a session going: between its rules, the CONNECT stream, the ledger and the streams. */
export class FlowControlDriver implements DataCredit {
  readonly #rules: SessionFlowControl
  readonly #host: FlowControlHost
  readonly #line: CreditLine
  #data: Record<Opener, DataState> = { us: UNBLOCKED, them: UNBLOCKED }
  #flushing = false
  #over = false

  constructor(terms: SessionFlowControlTerms, host: FlowControlHost) {
    this.#rules = new SessionFlowControl(terms)
    this.#host = host
    this.#line = new CreditLine(host.clock, () => this.#rules.data.available > 0)
    for (const kind of ['bidi', 'uni'] as const) {
      host.limited(kind, 'us', terms.theirs[kind])
      host.limited(kind, 'them', terms.ours[kind])
    }
  }

  /** A capsule of the peer. @throws H3StreamError WT_FLOW_CONTROL_ERROR */
  capsuleReceived(capsule: FlowControlCapsule): void {
    if (this.#over) return
    this.#rules.received(capsule)
    switch (capsule.type) {
      case 'max-streams':
        this.#host.limited(capsule.kind, 'us', capsule.limit)
        this.#host.openable(capsule.kind)
        break
      case 'max-data':
        this.#raised('us')
        this.#line.serve()
        break
      case 'streams-blocked':
        this.#host.blocked(capsule.kind, 'them')
        break
      case 'data-blocked':
        // A capsule that crossed a new limit says nothing about that one.
        this.#saidBlocked('them', capsule.limit >= this.#rules.peerData.limit)
        break
    }
  }

  /** What is known of the data that one end writes. */
  data(writer: Opener): DataState {
    return this.#data[writer]
  }

  /** There is room on the CONNECT stream again. */
  resume(): void {
    this.#flush()
  }

  /** Whether the session lets us open a stream now; if not, the peer is told. */
  mayOpen(kind: StreamKind): boolean {
    const allowance = this.#rules.streams[kind]
    if (allowance.available > 0) return true
    allowance.block()
    this.#scheduleFlush()
    return false
  }

  /** We opened a stream. */
  opened(kind: StreamKind): void {
    this.#rules.streams[kind].use(1)
  }

  /** A stream that we opened is over and was never announced: the peer does not count it. */
  withdrawn(kind: StreamKind): void {
    this.#rules.streams[kind].withdraw(1)
  }

  /** The peer opened a stream; false when it may not have: the session is over then. */
  peerOpened(kind: StreamKind): boolean {
    return this.#guard(() => this.#rules.peerStreams[kind].use(1))
  }

  /** Both halves of a stream of the peer are gone. */
  peerRetired(kind: StreamKind): void {
    this.#rules.peerStreams[kind].return(1)
    this.#scheduleFlush()
  }

  availableTo(stream: CreditWaiter): number {
    return this.#line.mayWrite(stream) ? this.#rules.data.available : 0
  }

  sent(stream: CreditWaiter, bytes: number): void {
    this.#rules.data.use(bytes)
    this.#line.wrote(stream)
    this.#tellBlocked()
  }

  wait(stream: CreditWaiter): void {
    this.#line.wait(stream)
    this.#tellBlocked()
  }

  leave(stream: CreditWaiter): void {
    this.#line.leave(stream)
  }

  received(bytes: number): void {
    this.#guard(() => this.#rules.peerData.use(bytes))
  }

  consumed(bytes: number): void {
    this.#rules.peerData.return(bytes)
    this.#scheduleFlush()
  }

  /** The session is over: nothing is sent any more. */
  end(): void {
    this.#over = true
    this.#line.end()
  }

  #tellBlocked(): void {
    if (this.#line.empty || this.#rules.data.available > 0) return
    this.#rules.data.block()
    this.#scheduleFlush()
  }

  #guard(step: () => void): boolean {
    if (this.#over) return false
    try {
      step()
      return true
    } catch (error) {
      if (!(error instanceof H3StreamError)) throw error
      this.#host.fail(error)
      return false
    }
  }

  /** At the end of this turn: what comes in one batch makes one capsule. */
  #scheduleFlush(): void {
    if (this.#flushing || this.#over) return
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  #flush(): void {
    while (!this.#over && this.#host.hasRoom()) {
      const capsule = this.#rules.takeCapsule()
      if (capsule === undefined) return
      if (capsule.type === 'max-streams') this.#host.limited(capsule.kind, 'them', capsule.limit)
      if (capsule.type === 'streams-blocked') this.#host.blocked(capsule.kind, 'us')
      if (capsule.type === 'max-data') this.#raised('them')
      if (capsule.type === 'data-blocked') this.#saidBlocked('us', true)
      this.#host.send(capsule)
    }
  }

  #saidBlocked(writer: Opener, still: boolean): void {
    const { blockedSince, capsules } = this.#data[writer]
    this.#data[writer] = {
      blockedSince: still ? (blockedSince ?? this.#host.clock.now()) : blockedSince,
      capsules: { ...capsules, dataBlocked: capsules.dataBlocked + 1 },
    }
  }

  #raised(writer: Opener): void {
    const { capsules } = this.#data[writer]
    this.#data[writer] = { blockedSince: null, capsules: { ...capsules, maxData: capsules.maxData + 1 } }
  }
}

const UNBLOCKED: DataState = { blockedSince: null, capsules: { dataBlocked: 0, maxData: 0 } }
