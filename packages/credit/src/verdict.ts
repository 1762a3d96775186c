import { type AccountEvidence, judgeAccount } from './account-verdict.ts'
import type { DataFinding, DataProof } from './data-window.ts'
import type { AccountVerdictCode, Proof } from './proof.ts'
import type { Millis } from './types.ts'

/** Every verdict there is; each has a page in `docs/verdicts`. */
export const verdictCodes = [
  'healthy',
  'refill-pending',
  'limit-too-small',
  'not-accepted',
  'not-delivered',
  'half-open',
  'not-released',
  'credit-withheld',
  'session-limit',
  'data-window',
  'late-event-loop',
  'dialect-mismatch',
  'session-gone',
] as const

export type VerdictCode = (typeof verdictCodes)[number]

/** Why two ends that speak WebTransport cannot speak it to each other. */
export interface DialectProof {
  /** What was not met, as `DialectMismatch` of @sluice/h3 names it. */
  readonly reason: string
  /** The dialects that this end speaks, most wanted first. */
  readonly wanted: readonly string[]
  /** Those of them that the peer's SETTINGS offer. */
  readonly offered: readonly string[]
  /** What the peer sent: identifier and value of each of its SETTINGS. */
  readonly settings: readonly (readonly [identifier: number, value: number])[]
}

/** The proof of an account that is out of credit while the event loop is late. */
export interface LateProof extends Proof {
  /** For how long the event loop was held up. */
  readonly eventLoopLag: Millis
}

/** What a connection suffers from, if anything. */
export type Verdict = {
  /** True when nothing has to be done. */
  readonly harmless: boolean
  /** The verdict in one sentence. */
  readonly summary: string
} & (
  | { readonly code: 'healthy' | 'session-gone'; readonly proof: null }
  | { readonly code: AccountVerdictCode; readonly proof: Proof }
  | { readonly code: 'data-window'; readonly proof: DataProof }
  | { readonly code: 'late-event-loop'; readonly proof: LateProof }
  | { readonly code: 'dialect-mismatch'; readonly proof: DialectProof }
)

/** The proof of a verdict that speaks of an account; null for any other. */
export function accountProof(verdict: Verdict | null | undefined): Proof | null {
  const proof = verdict?.proof ?? null
  return proof !== null && 'account' in proof ? proof : null
}

export interface CreditEvidence {
  readonly now: Millis
  /** How long credit may be on its way before anybody is suspected; see `patienceFor`. */
  readonly patience: Millis
  /** How much later data may get there before anybody is suspected of not reading it; see `lossTimeFor`. */
  readonly lossTime: Millis
  /** For how long the event loop was lately held up: nothing that came in that time has been seen. */
  readonly eventLoopLag: Millis
  /** The session has ended. */
  readonly over: boolean
  readonly accounts: readonly AccountEvidence[]
  /**
   * What is wrong with data that waits for room in a window (`judgeData`); absent in a page, which knows no window and need
   * not carry what judges it.
   */
  readonly data?: (now: Millis, patience: Millis, lossTime: Millis) => readonly DataFinding[]
}

/**
 * The verdict on a connection: that of the first account with trouble, then that of its data window, which also explains
 * too many streams.
 */
export function judge(evidence: CreditEvidence): Verdict {
  if (evidence.over) return { code: 'session-gone', harmless: false, proof: null, summary: 'the session is over' }
  const { patience, eventLoopLag } = evidence
  if (eventLoopLag < patience) return judgeAll(evidence, patience + eventLoopLag)
  // What came while the event loop was held up waits to be seen: that time says nothing of the peer, nor does what the
  // loop takes to catch up.
  const verdict = judgeAll(evidence, patience + eventLoopLag + patience)
  if (verdict.harmless) return blameEventLoop(judgeAll(evidence, patience), eventLoopLag) ?? verdict
  // Streams live longer when whoever ends them is late.
  return verdict.code === 'limit-too-small' ? (blameEventLoop(verdict, eventLoopLag) ?? verdict) : verdict
}

const HEALTHY: Verdict = { code: 'healthy', harmless: true, proof: null, summary: 'streams can be opened' }

function judgeAll({ now, accounts, data, lossTime }: CreditEvidence, patience: Millis): Verdict {
  const found: readonly Verdict[] = accounts.flatMap((account) => judgeAccount(account, now, patience) ?? [])
  const unread = data?.(now, patience, lossTime) ?? []
  const trouble = found.find(({ harmless }) => !harmless)
  // Streams are in use for as long as their data has no room: too many of them are what comes of it. While the data may
  // only be lost, nothing is known yet.
  if (trouble?.code === 'limit-too-small' && data?.(now, patience, 0).length) return unread[0] ?? HEALTHY
  return trouble ?? unread[0] ?? found[0] ?? HEALTHY
}

function blameEventLoop(suspected: Verdict, eventLoopLag: Millis): Verdict | undefined {
  const proof = accountProof(suspected)
  if (suspected.harmless || proof === null) return undefined
  return {
    code: 'late-event-loop',
    harmless: false,
    proof: { ...proof, eventLoopLag },
    summary: `the event loop here was held up for ${Math.round(eventLoopLag)} ms; meanwhile ${suspected.summary}`,
  }
}
