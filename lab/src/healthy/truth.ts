import { accountProof, type Opener } from '@sluice/credit'
import type { HeardVerdict } from '../peers/commands.ts'

/** More streams at once than the limit allows, from one end; times since the epoch, in milliseconds. */
export interface Burst {
  readonly from: number
  /** undefined: it goes on. */
  to: number | undefined
}

/** Clocks of processes are looked at at different moments. */
const SLACK = 100

/**
 * Why a verdict that calls for something is true though all traffic is healthy; undefined: it is a false alarm.
 *
 * @param burstsOf the bursts of the end where it was heard, or of the other one
 */
export function whyTrue(
  { at, verdict, timerLate }: HeardVerdict,
  burstsOf: (opener: Opener) => readonly Burst[],
): string | undefined {
  if (verdict.code === 'late-event-loop') {
    const { eventLoopLag } = verdict.proof
    // No two timers are held up for equally long.
    return timerLate >= eventLoopLag / 2
      ? `a timer of the same process was ${Math.round(timerLate)} ms late`
      : undefined
  }
  const proof = accountProof(verdict)
  if (verdict.code !== 'limit-too-small' || proof === null) return undefined
  const since = at - proof.blockedFor
  const burst = burstsOf(proof.account.opener).find(({ from, to = at }) => from <= since + SLACK && to >= at - SLACK)
  return burst === undefined ? undefined : `a burst above the limit had gone on for ${Math.round(at - burst.from)} ms`
}
