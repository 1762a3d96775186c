import type { Proof, StreamKind, VerdictCode } from '@sluice/credit'
import type { Connection } from '@sluice/engine'
import type { SessionStream, WebTransportSession } from '@sluice/webtransport'

/** One end of a session that misbehaves, or suffers from one that does. */
export interface End {
  readonly session: WebTransportSession
  readonly connection: Connection
  /** Streams that its peer could open at once at the start. */
  readonly window: number
}

/** A misbehaviour under way. */
export interface Misbehaviour {
  /** What the opener's application does with each of its streams. */
  use(stream: SessionStream): void
  /** Sets everything right again. */
  heal(): void
}

/** A misbehaviour that stops the streams of one end, and the name that it must be given. */
export interface Culprit {
  readonly name: string
  /** Which end is to say so. */
  readonly judge: 'opener' | 'acceptor'
  readonly verdict: VerdictCode
  /** What must hold of the proof. */
  readonly proves: (proof: Proof) => boolean
  begin(opener: End, acceptor: End): Misbehaviour
}

/** The kind of stream that culprits deal with. */
export const KIND: StreamKind = 'bidi'

export const CULPRITS: readonly [Culprit, ...Culprit[]] = [
  {
    name: 'the peer never finishes its halves',
    judge: 'opener',
    verdict: 'half-open',
    proves: ({ holders }) => holders.receiveOpen > holders.sendOpen,
    begin: (_opener, { session }) => {
      const kept: SessionStream[] = []
      session.onStream = (stream) => {
        kept.push(stream)
        readToEnd(stream)
      }
      return {
        use: exchange,
        heal: () => {
          answer(session)
          for (const stream of kept) stream.finish()
        },
      }
    },
  },
  {
    name: 'the application never finishes its own halves',
    judge: 'opener',
    verdict: 'half-open',
    proves: ({ holders }) => holders.sendOpen > holders.receiveOpen,
    begin: (_opener, { session }) => {
      session.onStream = (stream) => {
        stream.finish()
        readToEnd(stream)
      }
      return keepingOpen()
    },
  },
  {
    name: 'the peer never accepts',
    judge: 'acceptor',
    verdict: 'not-accepted',
    proves: ({ holders }) => holders.notAccepted > 0,
    begin: (_opener, { session }) => {
      session.onStream = undefined
      return { use: exchange, heal: () => answer(session) }
    },
  },
  {
    name: 'the peer withholds credit',
    judge: 'opener',
    verdict: 'credit-withheld',
    proves: ({ unreturned }) => (unreturned ?? 0) > 0,
    begin: (_opener, { session, connection, window }) => {
      answer(session)
      // A governor raises limits by grants alone, the engine by itself where there is none.
      const { grantStreams } = connection
      let withheld = 0
      connection.setMaxConcurrentStreams(KIND, 0)
      connection.grantStreams = (_kind, count) => {
        withheld += count
      }
      return {
        use: exchange,
        heal: () => {
          connection.grantStreams = grantStreams
          if (withheld > 0) connection.grantStreams(KIND, withheld)
          else connection.setMaxConcurrentStreams(KIND, window)
        },
      }
    },
  },
  {
    name: 'every stream is in use',
    judge: 'opener',
    verdict: 'limit-too-small',
    proves: ({ holders }) => holders.inUse > 0,
    begin: (_opener, { session }) => {
      answer(session)
      return keepingOpen()
    },
  },
]

/** Uses streams without ever finishing them, until it is set right. */
function keepingOpen(): Misbehaviour {
  let use = (stream: SessionStream): void => {
    kept.push(stream)
    stream.write(Uint8Array.of(1))
    readToEnd(stream)
  }
  const kept: SessionStream[] = []
  return {
    use: (stream) => use(stream),
    heal: () => {
      use = exchange
      for (const stream of kept) stream.finish()
    },
  }
}

/** Reads each stream to its end, then finishes. */
function answer(session: WebTransportSession): void {
  session.onStream = (stream) => readToEnd(stream, () => stream.finish())
}

/** A request and FIN, and the answer read to its end. */
function exchange(stream: SessionStream): void {
  stream.write(Uint8Array.of(1, 2, 3))
  stream.finish()
  readToEnd(stream)
}

function readToEnd(stream: SessionStream, ended: () => void = () => {}): void {
  let over = false
  const read = (): void => {
    while (stream.read() !== undefined);
    if (over || stream.receiveState === 'open') return
    over = true
    ended()
  }
  stream.events = { readable: read }
  read()
}
