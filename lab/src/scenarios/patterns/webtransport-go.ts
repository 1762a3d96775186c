import { accountProof, type Millis, NoStreamCreditError, type Verdict } from '@sluice/credit'
import type { WebTransportSession } from '@sluice/webtransport'
import { connectFlowControlPair, type FlowControlPair } from '../../interop/flow-control-cell.ts'
import type { Observation } from '../observation.ts'

/** webtransport-go, whose session allows ten streams at once, and our session, with nothing above it. */
export interface WebTransportGoSetup {
  /** Streams that our application keeps open while it opens one more, all but the reserve of one; 0: none. */
  readonly kept: number
}

/** Streams that are echoed in each direction; many times the limit of the session. */
const STREAMS = { count: 300, width: 4, size: 64, timeout: 60_000 }
/** Longest wait of the open that is one too many. */
const DEADLINE: Millis = 2_000

/** Fills the limit of the session, or does not, and then exchanges many times as many streams. */
export async function webTransportGo({ kept }: WebTransportGoSetup): Promise<Observation> {
  const pair = await connectFlowControlPair('session')
  try {
    const begun = performance.now()
    let named: { readonly verdict: Verdict; readonly after: Millis } | undefined
    pair.session.onVerdict((verdict) => {
      if (!verdict.harmless) named ??= { verdict, after: performance.now() - begun }
    })
    const refused = kept === 0 ? undefined : await openOneTooMany(pair.session, kept)
    const { failures, missing } = await exchangeBothWays(pair)
    const faults = refused?.faults ?? []
    return {
      verdict: named?.verdict.code ?? 'healthy',
      verdictMs: named?.after ?? null,
      recoveredMs: null,
      lost: missing,
      end: missing > 0 ? 'never' : refused === undefined ? 'flows' : 'open-fails',
      errors: failures + faults.length,
      figures: { missing, faults, refused: refused?.message, summary: named?.verdict.summary },
    }
  } finally {
    pair.session.close()
    await pair.close()
  }
}

/** How an open ends that the limit of the session has no room for; the streams that are kept are ended after it. */
async function openOneTooMany(session: WebTransportSession, kept: number) {
  const streams = await Promise.all(Array.from({ length: kept }, () => session.openStream()))
  const error: unknown = await session.openStream({ deadline: DEADLINE }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  for (const stream of streams) {
    stream.reset(0)
    stream.stopSending(0)
  }
  const faults: string[] = []
  if (!(error instanceof NoStreamCreditError)) return { message: String(error), faults: ['no typed error'] }
  if (error.verdict?.code !== 'session-limit') faults.push('another verdict in the error')
  const account = accountProof(error.verdict)?.account
  if (account?.layer !== 'session' || account.live !== kept) faults.push('the counters of another limit')
  const quic = session.credit.accounts.find(
    ({ layer, kind, opener }) => layer === 'quic' && kind === 'bidi' && opener === 'us',
  )
  if ((quic?.available ?? 0) === 0) faults.push('the limit of QUIC was out as well')
  return { message: error.message, faults }
}

async function exchangeBothWays({ ours, theirs }: FlowControlPair) {
  const results = await Promise.all([ours.request('streams', STREAMS), theirs.request('streams', STREAMS)])
  return {
    failures: results.flatMap(({ failures }) => Object.values(failures)).reduce((sum, count) => sum + count, 0),
    missing: results.reduce((sum, { asked, echoed }) => sum + asked - echoed, 0),
  }
}
