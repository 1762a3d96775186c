import type { Identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import type { Ping } from '@libp2p/ping'
import { multiaddr } from '@multiformats/multiaddr'
import { echoOnce } from '@sluice/cli'
import type { CreditSnapshot, Verdict } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import type { Libp2p } from 'libp2p'
import { tend } from '../../healthy/tendings.ts'
import type {
  AbandonOptions,
  AbandonResult,
  Commands,
  ConnectionReport,
  EchoResult,
  PeerEvent,
  StreamsOptions,
  StreamsResult,
} from '../commands.ts'
import type { MemoryReport } from '../memory.ts'
import { checksum, pattern } from '../pattern.ts'
import { Alarms } from './alarms.ts'
import { crowd } from './crowd.ts'
import { dialAll } from './dials.ts'
import { farewell } from './farewell.ts'
import { Mailbox, sendMessages } from './mailbox.ts'
import { Tally } from './tally.ts'

/** Services that a js-libp2p peer of the lab has; echo besides. */
export type LabServices = { identify: Identify; ping: Ping }

export interface ExecutorOptions {
  /** Reads the stream credit of a connection, also of one that has ended. */
  readonly credit?: (connection: Connection) => CreditSnapshot | undefined
  /** The session under a connection. */
  readonly session?: (connection: Connection) => Pick<Session, 'liveStreams' | 'unreleased'> | undefined
  /** What the streams of a connection suffer from. */
  readonly verdict?: (connection: Connection) => Verdict | null | undefined
  /** Calls `listener` whenever that changes. */
  readonly onVerdict?: (connection: Connection, listener: (verdict: Verdict) => void) => void
  /** Puts a fresh session under a connection, and says whether that was possible. */
  readonly renew?: (connection: Connection) => Promise<boolean>
  /** Swaps the certificate. */
  readonly rotate?: () => Promise<void>
  /** Opens streams and treats them badly (`src/abandon`). */
  readonly abandon?: (connection: Connection, options: AbandonOptions, signal: AbortSignal) => Promise<AbandonResult>
  /** Opens that the browser rejected. */
  readonly rejectedOpens?: () => number
  /** Collects garbage and says what is left. */
  readonly memory?: () => Promise<MemoryReport>
}

/**
 * Longest wait for credit, in milliseconds. Thousands of opens at once wait for those before them, on a busy machine
 * for longer than the transport's default of 10 s; each command has a timeout of its own.
 */
export const openDeadline = 180_000

/** Live streams that are told one by one. */
const HELD = 150

/** The lab measures the transport, not libp2p's limit per protocol. */
const unlimited = { maxOutboundStreams: Number.POSITIVE_INFINITY }

/** Carries out the lab's commands on a js-libp2p node, on Node and in a page alike. */
export class Executor {
  readonly #libp2p: Libp2p<LabServices>
  readonly #options: ExecutorOptions
  /** Every connection there ever was, oldest first. */
  readonly #connections: Connection[] = []
  readonly #mailbox = new Mailbox()
  readonly #alarms: Alarms

  constructor(libp2p: Libp2p<LabServices>, options: ExecutorOptions = {}) {
    this.#libp2p = libp2p
    this.#options = options
    this.#alarms = new Alarms(
      () => libp2p.getConnections(),
      (connection) => options.verdict?.(connection),
    )
  }

  /** Takes messages, and reports from now on what happens by itself. */
  async start(report: (event: PeerEvent) => void): Promise<void> {
    await this.#mailbox.serve(this.#libp2p)
    this.#alarms.start()
    this.#libp2p.addEventListener('connection:open', ({ detail }) => {
      this.#connections.push(detail)
      this.#options.onVerdict?.(detail, (verdict) => this.#alarms.told(detail, verdict))
      report({ event: 'connected', peerId: detail.remotePeer.toString(), direction: detail.direction })
    })
    this.#libp2p.addEventListener('connection:close', ({ detail: { remotePeer, direction } }) =>
      report({ event: 'disconnected', peerId: remotePeer.toString(), direction }),
    )
    report({ event: 'listening', peerId: this.#libp2p.peerId.toString(), addresses: this.#addresses() })
  }

  /** Looks no more at what happens by itself. */
  stop(): void {
    this.#alarms.stop()
  }

  async execute<N extends keyof Commands>(command: N, options: Commands[N]['options']): Promise<Commands[N]['result']> {
    const signal = AbortSignal.timeout(options.timeout ?? 60_000)
    const carryOut = this.#commands[command] as (
      options: Commands[N]['options'],
      signal: AbortSignal,
    ) => Promise<Commands[N]['result']> | Commands[N]['result']
    return await carryOut(options, signal)
  }

  readonly #commands: {
    readonly [N in keyof Commands]: (
      options: Commands[N]['options'],
      signal: AbortSignal,
    ) => Promise<Commands[N]['result']> | Commands[N]['result']
  } = {
    dial: async ({ address }, signal) => {
      const start = performance.now()
      const connection = await this.#libp2p.dial(multiaddr(address), { signal })
      return { peerId: connection.remotePeer.toString(), milliseconds: performance.now() - start }
    },
    identify: async (_options, signal) => {
      const result = await this.#libp2p.services.identify.identify(this.#connection(), { signal })
      return { peerId: result.peerId.toString(), protocols: result.protocols, agent: result.agentVersion ?? '' }
    },
    ping: async ({ count }, signal) => {
      const milliseconds: number[] = []
      const { remotePeer } = this.#connection()
      for (let i = 0; i < count; i++) milliseconds.push(await this.#libp2p.services.ping.ping(remotePeer, { signal }))
      return { milliseconds }
    },
    echo: ({ size }, signal) => this.#echo(size, signal),
    streams: (options, signal) => this.#streams(options, signal),
    messages: (options, signal) => sendMessages(this.#connection(), options, signal),
    received: () => ({
      ...this.#mailbox.received(),
      ...(this.#options.verdict === undefined ? {} : { alarms: this.#alarms.counts }),
      ...(this.#options.rejectedOpens === undefined ? {} : { rejectedOpens: this.#options.rejectedOpens() }),
    }),
    tend: async (options, signal) => await tend(this.#connection(), options, signal),
    verdicts: ({ from }) => this.#alarms.heard.slice(from),
    farewell: async (options, signal) => {
      await farewell(this.#connection(), options, signal)
      return null
    },
    crowd: (options, signal) => crowd(this.#connection(), options, signal),
    dials: (options, signal) => dialAll(this.#libp2p, options, signal),
    abandon: async (options, signal) => {
      if (this.#options.abandon === undefined) throw new RangeError('this peer treats all its streams well')
      return await this.#options.abandon(this.#connection(), options, signal)
    },
    connections: () => this.#connections.map((connection) => this.#report(connection)),
    close: async (_options, signal) => {
      await this.#connection().close({ signal })
      return null
    },
    rotate: async () => {
      if (this.#options.rotate === undefined) throw new RangeError('this peer has no certificate to swap')
      await this.#options.rotate()
      return { addresses: this.#addresses() }
    },
    renew: async () => {
      if (this.#options.renew === undefined) throw new RangeError('this peer cannot put a fresh session in place')
      return { renewed: await this.#options.renew(this.#connection()) }
    },
    memory: async () => {
      if (this.#options.memory === undefined) throw new RangeError('this peer cannot tell its memory')
      return await this.#options.memory()
    },
  }

  async #echo(size: number, signal: AbortSignal): Promise<EchoResult> {
    const message = pattern(size)
    const start = performance.now()
    const returned = await echoOnce(this.#connection(), message, { signal })
    const milliseconds = performance.now() - start
    return {
      bytes: returned.byteLength,
      sent: await checksum(message),
      received: await checksum(returned),
      milliseconds,
    }
  }

  async #streams({ count, width, size }: StreamsOptions, signal: AbortSignal): Promise<StreamsResult> {
    const message = pattern(size)
    const failures = new Tally()
    let begun = 0
    let echoed = 0
    const worker = async (): Promise<void> => {
      while (begun < count) {
        begun += 1
        try {
          await echoOnce(this.#connection(), message, { signal, ...unlimited })
          echoed += 1
        } catch (error) {
          failures.add(error)
        }
      }
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: width === 0 ? count : Math.min(width, count) }, worker))
    return { asked: count, echoed, failures: failures.counts, milliseconds: performance.now() - start }
  }

  #report(connection: Connection): ConnectionReport {
    const credit = this.#options.credit?.(connection)
    const session = this.#options.session?.(connection)
    return {
      peerId: connection.remotePeer.toString(),
      address: connection.remoteAddr.toString(),
      direction: connection.direction,
      streams: connection.streams.length,
      status: connection.status,
      ...(credit === undefined ? {} : { credit }),
      ...(session === undefined ? {} : { unreleased: session.unreleased, held: session.liveStreams(HELD) }),
    }
  }

  #addresses(): string[] {
    return this.#libp2p.getMultiaddrs().map((address) => address.toString())
  }

  #connection(): Connection {
    const connection = this.#libp2p.getConnections()[0]
    if (connection === undefined) throw new RangeError('no peer is connected')
    return connection
  }
}
