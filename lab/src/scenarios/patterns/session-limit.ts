import type { Connection, Stream } from '@sluice/engine'
import { watchedEngine } from '@sluice/engine/testing'
import { CapsuleDecoder } from '@sluice/h3'
import { webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { labEngine } from '../../engine.ts'
import { Mailbox } from '../../peers/libp2p/mailbox.ts'
import type { Observation } from '../scenario.ts'
import { arrived, sendAll } from './messages.ts'
import { Watch } from './watch.ts'

/** A peer whose sessions have a limit of their own, far below that of QUIC (draft-ietf-webtrans-http3, 5). */
export interface SessionLimitSetup {
  /** Streams that a session allows at once. */
  readonly limit: number
  /** Whether the peer ever raises the limit of its first session; it does that of those that follow. */
  readonly raises: boolean
  readonly messages: number
  readonly width: number
}

const OPEN_DEADLINE = 6_000
/** Type and length of an HTTP/3 frame as short as a capsule of flow control needs it (RFC 9114, 7.1). */
const FRAME_HEADER = 2
const DATA_FRAME = 0

/** Sends messages to such a peer, both ends declaring session flow control, and watches what our end says and does. */
export async function sessionLimit({ limit, raises, messages, width }: SessionLimitSetup): Promise<Observation> {
  let connections = 0
  const engine = watchedEngine(labEngine(), (connection) => {
    connections += 1
    if (connections === 1 && !raises) neverRaises(connection)
  })
  const peer = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
    transports: [webTransport({ engine, sessionFlowControl: { maxIncomingBidi: limit }, recovery: false })],
    connectionMonitor: { enabled: false },
  })
  const ours = await createLibp2p({
    transports: [webTransport({ openDeadline: OPEN_DEADLINE, sessionFlowControl: {} })],
    connectionMonitor: { enabled: false },
  })
  try {
    const mailbox = new Mailbox()
    await mailbox.serve(peer)
    const [address] = peer.getMultiaddrs()
    if (address === undefined) throw new RangeError('the peer does not listen')
    const connection = await ours.dial(address)
    const watch = new Watch(connection)
    const failures = await sendAll(connection, { messages, width }, watch)
    const received = await arrived(mailbox, messages)
    const { verdict, verdictMs, recoveredMs } = watch
    return {
      verdict: verdict?.code ?? 'healthy',
      verdictMs,
      recoveredMs,
      lost: messages - received,
      end: received < messages ? 'never' : verdict === undefined ? 'flows' : 'recovers',
      errors: failures.total,
      figures: { failures: failures.counts, received, connections, summary: verdict?.summary, proof: verdict?.proof },
    }
  } finally {
    await Promise.all([ours.stop(), peer.stop()])
  }
}

/** Keeps back every WT_MAX_STREAMS that the session layer above sends on its CONNECT stream, the first of the client's. */
function neverRaises(connection: Connection): void {
  const accept = connection.acceptStream.bind(connection)
  connection.acceptStream = (kind) => {
    const stream = accept(kind)
    if (stream?.id === 0) keepBack(stream)
    return stream
  }
}

function keepBack(stream: Stream): void {
  const write = stream.write.bind(stream)
  stream.write = (bytes) => (isMaxStreams(bytes) ? bytes.length : write(bytes))
}

function isMaxStreams(bytes: Uint8Array): boolean {
  if (bytes[0] !== DATA_FRAME) return false
  const capsules = new CapsuleDecoder()
  capsules.push(bytes.subarray(FRAME_HEADER))
  return capsules.next()?.type === 'max-streams'
}
