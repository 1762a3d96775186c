import type { StreamKind } from '@sluice/credit'
import { type FlowControlCapsule, MAX_SESSION_STREAMS, type SessionFlowControlTerms } from '@sluice/h3'
import { Allowance, checkLimit } from './allowance.ts'
import { Grant, type RefillPolicy } from './grant.ts'

/** Streams are few and may live long: an eighth, as quinn does it, and each when the peer can open none. */
const STREAM_REFILL: RefillPolicy = { share: 1 / 8, eager: true }

/** A peer stops for want of data credit only while three quarters of the window lie unread here. */
const DATA_REFILL: RefillPolicy = { share: 1 / 4, eager: false }

const UNITS: Readonly<Record<StreamKind, string>> = { bidi: 'bidirectional streams', uni: 'unidirectional streams' }
const BYTES = 'bytes of stream data'

/**
 * The flow control of one session (draft-ietf-webtrans-http3, 5), both ways: events in; limits, capsules and errors out.
 *
 * Neither the CONNECT stream nor the headers of streams are counted. Capsules wait here until they are taken, so that one
 * that is overtaken by a newer limit is never sent, and a peer that does not read cannot make them pile up.
 */
export class SessionFlowControl {
  /** Streams that the peer lets us open. */
  readonly streams: Readonly<Record<StreamKind, Allowance>>
  /** Bytes that the peer lets us send. */
  readonly data: Allowance
  /** Streams that we let the peer open. */
  readonly peerStreams: Readonly<Record<StreamKind, Grant>>
  /** Bytes that we let the peer send: used when they come out of QUIC, over when the application has them. */
  readonly peerData: Grant

  constructor({ ours, theirs }: SessionFlowControlTerms) {
    this.streams = {
      bidi: new Allowance(UNITS.bidi, theirs.bidi, MAX_SESSION_STREAMS),
      uni: new Allowance(UNITS.uni, theirs.uni, MAX_SESSION_STREAMS),
    }
    this.data = new Allowance(BYTES, theirs.data, Number.POSITIVE_INFINITY)
    this.peerStreams = {
      bidi: new Grant(UNITS.bidi, ours.bidi, STREAM_REFILL),
      uni: new Grant(UNITS.uni, ours.uni, STREAM_REFILL),
    }
    this.peerData = new Grant(BYTES, ours.data, DATA_REFILL)
  }

  /**
   * The peer sent a capsule. One that says that the peer is held back changes nothing: what it may have it gets unasked
   * (draft-ietf-webtrans-http3, 5.6).
   *
   * @throws H3StreamError WT_FLOW_CONTROL_ERROR
   */
  received(capsule: FlowControlCapsule): void {
    switch (capsule.type) {
      case 'max-streams':
        this.streams[capsule.kind].raise(capsule.limit)
        break
      case 'max-data':
        this.data.raise(capsule.limit)
        break
      case 'streams-blocked':
        checkLimit(UNITS[capsule.kind], capsule.limit, MAX_SESSION_STREAMS)
        break
      case 'data-blocked':
        break
    }
  }

  /** The next capsule to send, with the values of this moment; undefined when there is none. */
  takeCapsule(): FlowControlCapsule | undefined {
    return this.#takeMaxStreams('bidi') ?? this.#takeMaxStreams('uni') ?? this.#takeMaxData() ?? this.#takeBlocked()
  }

  #takeMaxStreams(kind: StreamKind): FlowControlCapsule | undefined {
    const limit = this.peerStreams[kind].takeLimit()
    return limit === undefined ? undefined : { type: 'max-streams', kind, limit }
  }

  #takeMaxData(): FlowControlCapsule | undefined {
    const limit = this.peerData.takeLimit()
    return limit === undefined ? undefined : { type: 'max-data', limit }
  }

  #takeBlocked(): FlowControlCapsule | undefined {
    for (const kind of ['bidi', 'uni'] as const) {
      const limit = this.streams[kind].takeBlocked()
      if (limit !== undefined) return { type: 'streams-blocked', kind, limit }
    }
    const limit = this.data.takeBlocked()
    return limit === undefined ? undefined : { type: 'data-blocked', limit }
  }
}
