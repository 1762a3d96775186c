export { type AccountKey, type AccountSnapshot, CreditAccount, type CreditSnapshot } from './account.ts'
export type { AccountEvidence } from './account-verdict.ts'
export { type DataEvidence, type DataFrames, type DataProof, DataWatch, judgeData } from './data-window.ts'
export { isTimeout, NoStreamCreditError, SluiceError } from './errors.ts'
export { type Grant, GrantBudget, type GrantPolicy } from './governor/grant-budget.ts'
export type { GrantWindow, WindowBounds, WindowNews } from './governor/grant-window.ts'
export { type Overdue, type ReaperPolicy, type Reaping, type ReapTimes, StreamReaper } from './governor/reaper.ts'
export { DEFAULT_RESERVE, openToAll, reserveOf } from './governor/reserve.ts'
export type { HolderClass, Holders, MainOwner } from './holders.ts'
export { LagMeter } from './lag-meter.ts'
export { StreamLedger } from './ledger.ts'
export {
  type LiveStream,
  ownerName,
  type ReceiveState,
  type SendState,
  type StreamOwner,
  type StreamRecord,
} from './live-stream.ts'
export { lossTimeFor, type PathStats, patienceFor } from './patience.ts'
export { type FaultCode, KNOWN_FAULTS, type KnownFault } from './profiles/faults.ts'
export type {
  InitialLimits,
  PeerFamily,
  PeerProfile,
  PeerStrategy,
  RotationBound,
  StackProfile,
} from './profiles/profile.ts'
export { profileOf } from './profiles/recognise.ts'
export type { ProfileRow } from './profiles/row.ts'
export { profileOfRuntime } from './profiles/runtime.ts'
export type { PeerSigns, TransportParameterSigns } from './profiles/signs.ts'
export { PROFILES } from './profiles/table.ts'
export { UNKNOWN } from './profiles/unknown.ts'
export type { AccountVerdictCode, OtherEnd, Proof } from './proof.ts'
export {
  DEFAULT_LADDER,
  type LadderEffect,
  type LadderInput,
  type LadderLimits,
  RecoveryLadder,
  type RotationReason,
} from './recovery/ladder.ts'
export { REMEDIES, type Remedy, type RemedyCase, remediesFor } from './recovery/remedy.ts'
export { keptBack, RefillLearner, type RefillPolicy } from './refill.ts'
export type { CreditLayer, Millis, Opener, StreamCounts, StreamKind } from './types.ts'
export {
  accountProof,
  type CreditEvidence,
  type DialectProof,
  judge,
  type LateProof,
  type Verdict,
  type VerdictCode,
  verdictCodes,
} from './verdict.ts'
export { type Alarm, type Judge, VerdictWatch } from './verdict-watch.ts'
export { WindowWatch } from './window-watch.ts'
