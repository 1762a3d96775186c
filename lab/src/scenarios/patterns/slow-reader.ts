import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import { webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { Mailbox, sendMessage } from '../../peers/libp2p/mailbox.ts'
import { Tally } from '../../peers/libp2p/tally.ts'
import type { Observation } from '../observation.ts'
import { arrived } from './messages.ts'
import { Watch } from './watch.ts'

/** A peer whose application leaves some streams unread for as long as other messages are sent. */
export interface SlowReaderSetup {
  /** Streams that it leaves unread; with what is sent on them they fill the connection's window, or do not. */
  readonly unread: number
  /** Bytes sent on each of them; more than the window of a stream. */
  readonly bytes: number
  /** Messages that are sent meanwhile. */
  readonly messages: number
}

/** Small ones, which are full at once; 2 MiB and 16 MiB are the defaults. */
const WINDOWS = { streamReceiveWindow: 131_072, receiveWindow: 1_048_576 }
const SLOW_PROTOCOL = '/lab/slow/1.0.0'
const SIZE = 100
const PATIENCE = 15_000
/** From one message to the next, whatever has become of those before it. */
const PACE = 10
/** After the last message, for those that nothing holds up. */
const SETTLE = 1_000
const UNLIMITED = { maxInboundStreams: Number.POSITIVE_INFINITY, maxOutboundStreams: Number.POSITIVE_INFINITY }

/** Sends messages while some streams are left unread, and watches what our end says and does about it. */
export async function slowReader({ unread, bytes, messages }: SlowReaderSetup): Promise<Observation> {
  const reader = new Reader()
  const mailbox = new Mailbox()
  const peer = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
    transports: [webTransport({ quic: WINDOWS, recovery: false })],
    connectionMonitor: { enabled: false },
  })
  const ours = await createLibp2p({ transports: [webTransport()], connectionMonitor: { enabled: false } })
  try {
    await mailbox.serve(peer)
    await peer.handle(SLOW_PROTOCOL, (stream) => reader.take(stream), UNLIMITED)
    const [address] = peer.getMultiaddrs()
    if (address === undefined) throw new RangeError('the peer does not listen')
    const connection = await ours.dial(address)
    const watch = new FlowWatch(connection)
    const failures = new Tally()
    const large = Array.from({ length: unread }, () => sendLarge(connection, bytes).catch((e) => failures.add(e)))
    const small = await sendAtPace(connection, messages, watch, failures)
    // Messages in a window that the unread streams fill have to wait; those that begin once others flow again do not.
    const heldUp = small.filter(({ done, begun }) => !done && begun >= watch.flowsFrom).length
    reader.begin()
    await Promise.all([...large, ...small.map(({ sent }) => sent)])
    const received = await arrived(mailbox, messages)
    const missing = unread * bytes - (await reader.received(unread))
    const { verdict, verdictMs, recoveredMs } = watch
    return {
      verdict: verdict?.code ?? 'healthy',
      verdictMs,
      recoveredMs,
      lost: messages - received + Math.ceil(missing / bytes),
      end: received < messages ? 'never' : verdict === undefined ? 'flows' : 'recovers',
      errors: Object.values(failures.counts).reduce((sum, count) => sum + count, 0) + heldUp,
      figures: { failures: failures.counts, received, heldUp, missing, summary: verdict?.summary },
    }
  } finally {
    reader.begin()
    await Promise.all([ours.stop(), peer.stop()])
  }
}

/** Knows besides from when on streams flow, with nothing wrong any more. */
class FlowWatch extends Watch {
  #flowsFrom = 0

  /** Infinity while something is wrong. */
  get flowsFrom(): number {
    return this.verdict !== undefined && this.recoveredMs === null ? Number.POSITIVE_INFINITY : this.#flowsFrom
  }

  override begin(): () => void {
    const opened = super.begin()
    return () => {
      const wrong = this.verdict !== undefined && this.recoveredMs === null
      opened()
      if (wrong && this.recoveredMs !== null) this.#flowsFrom = performance.now()
    }
  }
}

/** An application that takes streams and reads none of them until it begins to. */
class Reader {
  readonly #begins = Promise.withResolvers<void>()
  readonly #reading: Promise<void>[] = []
  #bytes = 0

  begin(): void {
    this.#begins.resolve()
  }

  take(stream: Stream): void {
    stream.pause()
    this.#reading.push(this.#read(stream))
  }

  /** Bytes that came, once so many streams have ended. */
  async received(streams: number): Promise<number> {
    await Promise.race([Promise.all(this.#reading), delay(PATIENCE)])
    return this.#reading.length === streams ? this.#bytes : 0
  }

  async #read(stream: Stream): Promise<void> {
    await this.#begins.promise
    stream.resume()
    for await (const chunk of stream) this.#bytes += chunk.byteLength
    await stream.close()
  }
}

async function sendLarge(connection: Connection, bytes: number): Promise<void> {
  const stream = await connection.newStream(SLOW_PROTOCOL, UNLIMITED)
  if (!stream.send(new Uint8Array(bytes))) await stream.onDrain()
  await stream.close()
}

interface Sent {
  readonly begun: number
  readonly sent: Promise<void>
  done: boolean
}

async function sendAtPace(
  connection: Connection,
  messages: number,
  watch: FlowWatch,
  failures: Tally,
): Promise<readonly Sent[]> {
  const all: Sent[] = []
  for (let number = 0; number < messages; number += 1) {
    const opened = watch.begin()
    const sent: Sent = {
      begun: performance.now(),
      done: false,
      sent: sendMessage(connection, number, SIZE, AbortSignal.timeout(PATIENCE), opened)
        .catch((error: unknown) => failures.add(error))
        .finally(() => {
          sent.done = true
        }),
    }
    all.push(sent)
    await delay(PACE)
  }
  // The last ones have their time as well.
  await Promise.race([Promise.all(all.map((one) => one.sent)), delay(SETTLE)])
  return all
}
