import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '@sluice/engine'
import { watchedEngine } from '@sluice/engine/testing'
import { webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { labEngine } from '../../engine.ts'
import { Mailbox } from '../../peers/libp2p/mailbox.ts'
import { neverRaisesSession, opensInSession } from '../habits/session-limits.ts'
import type { Observation } from '../observation.ts'
import { arrived, sendAll, sendOnce, sendWhole } from './messages.ts'
import { Watch } from './watch.ts'

/** Two ends whose sessions have limits of their own, far below those of QUIC (draft-ietf-webtrans-http3, 5). */
export interface SessionLimitSetup {
  /** What a session allows at both ends: streams at once, or bytes that were not read. */
  readonly limited: 'streams' | 'data'
  readonly limit: number
  /** What the peer does about the limits of its first session: raises its own, or never does, or ignores ours. */
  readonly peer: 'raises' | 'never raises' | 'ignores ours'
  readonly messages: number
  readonly width: number
}

const OPEN_DEADLINE = 6_000
/** From the start of the messages to what the peer does wrong in between. */
const AFTER = 20

/** What becomes of each limit. */
const LIMITED = {
  streams: {
    options: (limit: number) => ({ maxIncomingBidi: limit }),
    raise: 'max-streams',
    send: sendOnce,
    recovery: {},
  },
  // What was written in part cannot end where it is: soon after the session is replaced it fails, and is sent again.
  data: {
    options: (limit: number) => ({ receiveWindow: limit }),
    raise: 'max-data',
    send: sendWhole,
    recovery: { drainTime: 500 },
  },
} as const

/** Sends messages to such a peer, both ends declaring session flow control, and watches what our end says and does. */
export async function sessionLimit({
  limited,
  limit,
  peer: way,
  messages,
  width,
}: SessionLimitSetup): Promise<Observation> {
  const { options, raise, send, recovery } = LIMITED[limited]
  const connections: Connection[] = []
  const engine = watchedEngine(labEngine(), (connection) => {
    connections.push(connection)
    if (connections.length === 1 && way === 'never raises') neverRaisesSession(connection, raise)
  })
  const sessionFlowControl = options(limit)
  const peer = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
    transports: [webTransport({ engine, sessionFlowControl, recovery: false })],
    connectionMonitor: { enabled: false },
  })
  const ours = await createLibp2p({
    transports: [webTransport({ openDeadline: OPEN_DEADLINE, sessionFlowControl, recovery })],
    connectionMonitor: { enabled: false },
  })
  try {
    const mailbox = new Mailbox()
    await mailbox.serve(peer)
    const [address] = peer.getMultiaddrs()
    if (address === undefined) throw new RangeError('the peer does not listen')
    const connection = await ours.dial(address)
    let ignoredAt: number | undefined
    const watch = new Watch(connection, () => ignoredAt)
    const sending = sendAll(connection, { messages, width }, watch, send)
    const [first] = connections
    if (way === 'ignores ours' && first !== undefined) {
      await delay(AFTER)
      ignoredAt = performance.now()
      opensInSession(first, limit + 1)
    }
    const failures = await sending
    const over = connection.status !== 'open'
    const received = over ? mailbox.received().messages : await arrived(mailbox, messages)
    const { repeats } = mailbox.received()
    const { verdict, verdictMs, recoveredMs } = watch
    return {
      verdict: verdict?.code ?? 'healthy',
      verdictMs,
      recoveredMs: over ? null : recoveredMs,
      lost: over ? 0 : messages - received,
      end: over ? 'closes' : received < messages ? 'never' : verdict === undefined ? 'flows' : 'recovers',
      errors: over ? failures.untyped : failures.total + repeats,
      figures: {
        failures: failures.counts,
        received,
        repeats,
        connections: connections.length,
        summary: verdict?.summary,
        proof: verdict?.proof,
      },
    }
  } finally {
    await Promise.all([ours.stop(), peer.stop()])
  }
}
