import { CheckFailedError } from '../../errors.ts'
import { contestant } from '../../interop/contestants.ts'
import { Libp2pPair } from '../../interop/libp2p-pair.ts'
import type { MessagesResult, ReceivedResult } from '../../peers/commands.ts'
import { NUMBER_SIZE } from '../../peers/libp2p/mailbox.ts'
import type { Load, Observation } from '../observation.ts'
import { arrivedAt, sumOf, worstVerdict } from './received.ts'

/** Two contestants (lab/src/interop/contestants.ts) that send each other messages at the same time. */
export interface ExchangeSetup {
  readonly dialer: string
  readonly listener: string
  /** Messages in flight at once in each direction; 0: all of them. */
  readonly width: number
}

/** Bytes of a message. */
const SIZE = 100
/** Longest time for one message; nothing of ours waits that long for credit that comes. */
const PATIENCE = 10_000
const MESSAGES_WITHIN = 540_000

/** What one end sent and the other got. */
interface Way {
  readonly sent: MessagesResult | { readonly error: string }
  readonly received: ReceivedResult
}

/** Both ends open a fresh stream for each message, write it, close, and read no answer (libp2p/go-libp2p#3038). */
export async function exchange({ dialer, listener, width }: ExchangeSetup, { streams }: Load): Promise<Observation> {
  const pair = new Libp2pPair(contestant(dialer), contestant(listener), { streams, bytes: 0 })
  try {
    const peers = await pair.connected()
    // A Go node that knows the other's protocols negotiates lazily, which is what cut negotiations off.
    if (dialer.startsWith('go/')) await peers.dialer.request('identify', {})
    if (listener.startsWith('go/')) await peers.listener.request('identify', {})
    return await exchangeMessages(pair, { streams, width })
  } finally {
    await pair.close()
  }
}

/** Sends so many messages each way between two peers that are connected, `width` at a time, and says what came of them. */
export async function exchangeMessages(
  pair: Libp2pPair,
  { streams, width }: { readonly streams: number; readonly width: number },
): Promise<Observation> {
  const { dialer, listener } = await pair.connected()
  const options = { count: streams, width, size: SIZE, patience: PATIENCE, timeout: MESSAGES_WITHIN }
  const [fromDialer, fromListener] = await Promise.all(
    [dialer, listener].map((peer) =>
      peer.request('messages', options).catch((error: unknown) => ({ error: String(error) })),
    ),
  )
  const atDialer = await arrivedAt(dialer, streams)
  const atListener = await arrivedAt(listener, streams)
  const ledgers = await pair.ledgers().catch(leaks)
  const ways = [
    { sent: fromDialer ?? { error: 'nothing' }, received: atListener },
    { sent: fromListener ?? { error: 'nothing' }, received: atDialer },
  ]
  return judge(streams, ways, ledgers)
}

function leaks(error: unknown): Readonly<Record<string, unknown>> {
  return { leaked: String(error), ...(error instanceof CheckFailedError ? error.figures : {}) }
}

function judge(streams: number, ways: readonly Way[], ledgers: Readonly<Record<string, unknown>>): Observation {
  const received = ways.map((way) => way.received)
  const lost = received.reduce((sum, { messages }) => sum + streams - messages, 0)
  const stalls = ways.reduce((sum, { sent }) => sum + ('stalls' in sent ? sent.stalls : 1), 0)
  const errors =
    ways.reduce((sum, { sent }) => sum + ('error' in sent ? 1 : sumOf(sent.failures)), 0) +
    received.reduce((sum, { faults, repeats }) => sum + sumOf(faults) + repeats, 0) +
    received.filter((one) => one.messages === streams && one.sum !== (streams * (streams - 1)) / 2).length +
    received.filter(({ messages, bytes }) => bytes !== undefined && bytes !== messages * (NUMBER_SIZE + SIZE)).length +
    ('leaked' in ledgers ? 1 : 0)
  return {
    verdict: worstVerdict(received),
    verdictMs: null,
    recoveredMs: null,
    lost,
    end: stalls === 0 ? 'flows' : 'never',
    errors,
    figures: { streams, stalls, fromDialer: ways[0], fromListener: ways[1], ledgers },
  }
}
