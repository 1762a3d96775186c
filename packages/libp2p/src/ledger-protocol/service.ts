import type {
  AbortOptions,
  ComponentLogger,
  Connection,
  Libp2pEvents,
  Logger,
  Startable,
  Stream,
  TypedEventTarget,
} from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import { connectionRecovery, webTransportSession } from '../credit.ts'
import { LedgerUnavailableError } from '../errors.ts'
import { RenewableSession } from '../recovery/renewable-session.ts'
import { compare, type LedgerComparison } from './compare.ts'
import { endLedger } from './end-ledger.ts'
import { Exchange } from './exchange.ts'
import {
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
  type LedgerAnswer,
  type LedgerQuestion,
} from './message.ts'
import { otherCounts } from './other-counts.ts'
import { RateBound } from './rate.ts'
import { pause, unanswered, WATCH_INTERVAL } from './unanswered.ts'

/** The protocol by which two Sluice nodes show each other their ledgers of the connection between them. */
export const LEDGER_PROTOCOL = '/sluice/ledger/1.0.0'

/** Longest time for one exchange, however slow the peer is. */
const DEFAULT_DEADLINE: Millis = 5_000

/** Streams of this protocol that a peer may have open on a connection: one, and the one that follows it closely. */
const MAX_INBOUND = 2

export interface LedgerInit {
  /** Longest time for one exchange, in milliseconds; default 5,000. */
  readonly deadline?: Millis
}

/** The part of js-libp2p's registrar that is needed; the whole is in `@libp2p/interface-internal`. */
export interface LedgerComponents {
  readonly logger: ComponentLogger
  readonly events: TypedEventTarget<Libp2pEvents>
  readonly registrar: {
    handle(
      protocol: string,
      handler: (stream: Stream, connection: Connection) => void | Promise<void>,
      options?: { maxInboundStreams?: number; maxOutboundStreams?: number },
    ): Promise<void>
    unhandle(protocol: string): Promise<void>
  }
}

/**
 * Shows the ledger of a connection to its other end, and asks for the other's.
 *
 * @see docs/ledger-protocol.md
 */
export class SluiceLedger implements Startable {
  readonly [Symbol.toStringTag] = '@sluice/libp2p-ledger'
  readonly #components: LedgerComponents
  readonly #log: Logger
  readonly #deadline: Millis
  #stopped = false
  readonly #asked = new RateBound<Connection>(() => performance.now())
  readonly #watched = new RateBound<Connection>(() => performance.now(), WATCH_INTERVAL)
  /** Connections whose peer does not speak the protocol. */
  readonly #deaf = new WeakSet<Connection>()
  readonly #asking = new WeakMap<Connection, Promise<LedgerComparison | undefined>>()
  readonly #onOpen = ({ detail: connection }: CustomEvent<Connection>): void => {
    connectionRecovery(connection)?.askBy(() => this.#askRotation(connection))
    const session = webTransportSession(connection)
    if (session === undefined || session.credit.exact) return
    if (session.profile.strategy.incoming === 'may-wedge') void this.#watch(connection, session)
    // What the other end counts makes the verdict of a page exact.
    session.onVerdict(({ harmless }) => {
      if (!harmless) this.compare(connection).catch((error) => this.#log('nothing exact is known - %e', error))
    })
  }

  constructor(components: LedgerComponents, { deadline = DEFAULT_DEADLINE }: LedgerInit) {
    this.#components = components
    this.#log = components.logger.forComponent('sluice:ledger')
    this.#deadline = deadline
  }

  async start(): Promise<void> {
    this.#stopped = false
    await this.#components.registrar.handle(LEDGER_PROTOCOL, (stream, connection) => this.#answer(stream, connection), {
      maxInboundStreams: MAX_INBOUND,
      maxOutboundStreams: MAX_INBOUND,
    })
    this.#components.events.addEventListener('connection:open', this.#onOpen)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#components.events.removeEventListener('connection:open', this.#onOpen)
    await this.#components.registrar.unhandle(LEDGER_PROTOCOL)
  }

  /**
   * Both ends' ledgers of a connection side by side. One question at a time is asked on a connection: who asks
   * meanwhile gets the same answer.
   *
   * @returns undefined when the connection is not one of this transport's, or its peer does not speak the protocol
   * @throws InvalidLedgerMessageError, LedgerUnavailableError (with the cause), the signal's reason
   */
  async compare(connection: Connection, options: AbortOptions = {}): Promise<LedgerComparison | undefined> {
    const session = webTransportSession(connection)
    if (session === undefined || this.#deaf.has(connection)) return undefined
    const asking = this.#asking.get(connection)
    if (asking !== undefined) return await asking
    const question = this.#ask(session, connection, options).finally(() => this.#asking.delete(connection))
    this.#asking.set(connection, question)
    return await question
  }

  async #ask(session: Session, connection: Connection, options: AbortOptions): Promise<LedgerComparison | undefined> {
    const signals = [AbortSignal.timeout(this.#deadline), ...(options.signal === undefined ? [] : [options.signal])]
    const signal = AbortSignal.any(signals)
    const used = sessionInUse(session)
    const before = endLedger(session)
    const asked = session.now()
    const theirs = await this.#exchange(connection, 'ledger', signal)
    if (theirs === undefined) return undefined
    if (typeof theirs === 'string') throw new LedgerUnavailableError(`the peer answered '${theirs}'`)
    // Each session has accounts and stream ids of its own.
    if (used !== sessionInUse(session)) throw new LedgerUnavailableError('the session was replaced meanwhile')
    session.hear(otherCounts(theirs.accounts))
    return compare({ before, after: endLedger(session), elapsed: session.now() - asked }, theirs)
  }

  /**
   * Hears of streams of the peer that this browser does not hand over, for nothing else tells of them: the peer has
   * credit, and its packets arrive. A question stands at the peer all the time.
   */
  async #watch(connection: Connection, session: Session): Promise<void> {
    while (connection.status === 'open' && !this.#stopped && !this.#deaf.has(connection)) {
      const used = sessionInUse(session)
      // A question that stands would keep a session alive that was replaced.
      const replaced = new AbortController()
      const end = session.onVerdict(() => {
        if (used !== sessionInUse(session)) replaced.abort()
      })
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(this.#deadline), replaced.signal])
        const theirs = await this.#exchange(connection, 'watch', signal)
        if (typeof theirs === 'object' && used === sessionInUse(session)) session.hear(otherCounts(theirs.accounts))
      } catch (error) {
        this.#log('no word of what does not arrive - %e', error)
      } finally {
        end()
      }
      await pause(WATCH_INTERVAL)
    }
  }

  /** Asks the end that dialled for a fresh session: a page does not hear DRAIN. */
  async #askRotation(connection: Connection): Promise<void> {
    if (this.#deaf.has(connection)) return
    const answer = await this.#exchange(connection, 'rotate', AbortSignal.timeout(this.#deadline))
    if (answer !== undefined && answer !== 'yes') throw new LedgerUnavailableError('the peer brings no fresh session')
  }

  async #exchange(
    connection: Connection,
    question: LedgerQuestion,
    signal: AbortSignal,
  ): Promise<LedgerAnswer | undefined> {
    let exchange: Exchange | undefined
    try {
      exchange = new Exchange(await connection.newStream(LEDGER_PROTOCOL, { signal }), signal)
      await exchange.write(encodeQuestion(question))
      const answer = decodeAnswer(await exchange.read())
      await exchange.end()
      return answer
    } catch (error) {
      exchange?.fail(error)
      if (isUnsupported(error)) {
        this.#deaf.add(connection)
        return undefined
      }
      if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_LEDGER_MESSAGE') throw error
      throw new LedgerUnavailableError('the peer gave no answer', { cause: error })
    }
  }

  /** Nothing that a peer sends gets further than this. */
  async #answer(stream: Stream, connection: Connection): Promise<void> {
    const exchange = new Exchange(stream, AbortSignal.timeout(this.#deadline))
    try {
      const question = decodeQuestion(await exchange.read())
      await exchange.write(encodeAnswer(await this.#answerTo(question, connection)))
      await exchange.end()
    } catch (error) {
      this.#log('no answer for %p - %e', connection.remotePeer, error)
      exchange.fail(error)
    }
  }

  async #answerTo(question: LedgerQuestion, connection: Connection): Promise<LedgerAnswer> {
    if (question === 'rotate') return rotate(connection)
    const session = webTransportSession(connection)
    if (session === undefined) return 'no'
    if (question === 'ledger') return this.#asked.take(connection) ? endLedger(session) : 'later'
    if (!this.#watched.take(connection)) return 'later'
    const used = sessionInUse(session)
    await unanswered(used, () => used !== sessionInUse(session))
    return endLedger(session)
  }
}

/** What the ledger of a connection is read from now; another after a rotation. */
function sessionInUse(session: Session): Session {
  return session instanceof RenewableSession ? session.current : session
}

/** Only the end that dialled can dial again; its ladder says when. */
function rotate(connection: Connection): LedgerAnswer {
  const recovery = connectionRecovery(connection)
  if (recovery?.dials !== true) return 'no'
  void recovery.requestRotation()
  return 'yes'
}

/** js-libp2p tells its errors apart by name, across the copies of its packages that a tree may have. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && error.name === 'UnsupportedProtocolError'
}

/** The service that js-libp2p takes: `services: { ledger: sluiceLedger() }`. */
export function sluiceLedger(init: LedgerInit = {}): (components: LedgerComponents) => SluiceLedger {
  return (components) => new SluiceLedger(components, init)
}
