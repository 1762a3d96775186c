import { webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { contestant } from '../../interop/contestants.ts'
import { answerCrowd } from '../../peers/libp2p/crowd.ts'
import type { Observation } from '../observation.ts'
import { sumOf } from './received.ts'

/** A page that opens far more streams at once than it has credit for, all of which are in use for a while. */
export interface CrowdSetup {
  readonly dialer: string
  /** Streams that the node allows at once. */
  readonly limit: number
  readonly streams: number
  /** Milliseconds until a stream is answered. */
  readonly after: number
}

const DIAL_WITHIN = 20_000
const ANSWERED_WITHIN = 60_000

export async function crowded({ dialer, limit, streams, after }: CrowdSetup): Promise<Observation> {
  const dialing = contestant(dialer)
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
    transports: [webTransport({ maxInboundStreams: limit })],
    connectionMonitor: { enabled: false },
  })
  try {
    await answerCrowd(node, after)
    const page = await dialing.start('dial')
    const address = String(node.getMultiaddrs()[0])
    await page.request('dial', { address, timeout: DIAL_WITHIN })
    const { answered, failures, began } = await page.request('crowd', { count: streams, timeout: ANSWERED_WITHIN })
    const { rejectedOpens = 0 } = await page.request('received', {})
    const [first] = await page.request('verdicts', { from: 0 })
    return {
      verdict: first?.verdict.code ?? 'healthy',
      verdictMs: first === undefined ? null : first.at - began,
      recoveredMs: null,
      lost: streams - answered,
      end: answered === streams ? 'flows' : 'never',
      // Without rejections nothing was shown.
      errors: sumOf(failures) + (rejectedOpens === 0 ? 1 : 0),
      figures: { limit, streams, answered, failures, rejectedOpens, summary: first?.verdict.summary },
    }
  } finally {
    await dialing.close()
    await node.stop()
  }
}
