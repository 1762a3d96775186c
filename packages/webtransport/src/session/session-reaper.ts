import { type Millis, type ReaperPolicy, StreamReaper } from '@sluice/credit'
import { ErrorCode } from '@sluice/h3'
import { StreamsNotReleasedError } from '../errors.ts'
import type { SessionLedger } from './ledger.ts'
import type { SessionEnding } from './session-ending.ts'
import type { SessionStreams } from './session-streams.ts'

/** Ends the streams of a session that hold credit for nothing, and the session whose peer lets go of none. */
export class SessionReaper {
  readonly #ledger: SessionLedger
  readonly #streams: SessionStreams
  readonly #ending: SessionEnding
  #reaper: StreamReaper | undefined

  constructor(ledger: SessionLedger, streams: SessionStreams, ending: SessionEnding) {
    this.#ledger = ledger
    this.#streams = streams
    this.#ending = ending
  }

  /** @param others streams of the connection, but not of the session, that the peer has not let go of */
  sweep(policy: ReaperPolicy, now: Millis, pressed: boolean, others: number): void {
    this.#reaper ??= new StreamReaper(policy)
    const acknowledged = (id: number) => this.#streams.acknowledged(id)
    const { end, unreleased } = this.#reaper.sweep(this.#ledger.all, now, pressed, acknowledged)
    for (const { id } of end) this.#streams.reap(id)
    const all = unreleased + others
    if (all >= policy.unreleased) this.#ending.giveUp(ErrorCode.H3_EXCESSIVE_LOAD, new StreamsNotReleasedError(all))
  }
}
