import type { Treatment } from '../../abandon/table.ts'
import { hastyContestant } from '../../interop/contestants.ts'
import { Libp2pPair } from '../../interop/libp2p-pair.ts'
import type { AbandonResult } from '../../peers/commands.ts'
import type { Observation } from '../observation.ts'
import { exchangeMessages } from './exchange.ts'

/** Two hasty contestants (lab/src/interop/contestants.ts) whose applications treat their streams in the same way. */
export interface AbandonSetup {
  readonly dialer: string
  readonly listener: string
  readonly treatment: Treatment
  /** Streams in each direction; several times as many as either end may have open at once. */
  readonly count: number
  /** Streams that are opened at once in each direction. */
  readonly width: number
}

const WITHIN = 60_000
/** Messages that must get through afterwards, more than either end may have open at once. */
const AFTERWARDS = { streams: 150, width: 8 }
/** What an application does to a stream is its own affair; what it does to the streams of others is ours. */
const FAILURES_OF_OURS = ['ERR_NO_STREAM_CREDIT', 'ERR_SESSION_CLOSED']

/** Both ends open streams and treat them badly; after that messages must get through, and no stream may be left. */
export async function abandon({ dialer, listener, treatment, count, width }: AbandonSetup): Promise<Observation> {
  const pair = new Libp2pPair(hastyContestant(dialer), hastyContestant(listener), { streams: count, bytes: 0 })
  try {
    const peers = await pair.connected()
    const results = await Promise.all(
      [peers.dialer, peers.listener].map((peer) =>
        peer.request('abandon', { ...treatment, count, width, timeout: WITHIN }),
      ),
    )
    // What is late here is counted by the ledgers at the end.
    await pair.ledgers().catch(() => {})
    const observation = await exchangeMessages(pair, AFTERWARDS)
    const unfinished = results.reduce((sum, result) => sum + unexpected(result, treatment), 0)
    return {
      ...observation,
      errors: observation.errors + unfinished,
      figures: { ...observation.figures, abandoned: results },
    }
  } finally {
    await pair.close()
  }
}

/** Streams that failed though both applications treated them well, and opens that failed for what others did. */
function unexpected({ asked, completed, failures }: AbandonResult, { opens }: Treatment): number {
  if (opens === 'keeps') return asked - completed
  return FAILURES_OF_OURS.reduce((sum, code) => sum + (failures[code] ?? 0), 0)
}
