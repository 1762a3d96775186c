import { CreditAccount, StreamRecord } from '@sluice/credit'

/** Stands for every stream where none is recorded: whatever happens to it is forgotten. */
class UnrecordedStream extends StreamRecord {
  override own(): void {}
  override accept(): void {}
  override finish(): void {}
  override acknowledge(): void {}
  override reset(): void {}
  override endReceive(): void {}
  override read(): void {}
  override wrote(): void {}
  override waitToWrite(): void {}
  override leaveUnread(): void {}
}

const account = new CreditAccount({ layer: 'session', kind: 'bidi', opener: 'us' }, null)

export const UNRECORDED: StreamRecord = new UnrecordedStream(0, account, 0)
