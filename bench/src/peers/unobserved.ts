import { CreditAccount, DataWatch, type StreamLedger as Ledger, StreamLedger, VerdictWatch } from '@sluice/credit'

function nothing(): void {}

/**
 * Turns the ledger of streams and the verdicts off in this process, for good: no record is made of a stream, none is
 * kept, and nobody watches for stalls. Every call into them is still made and returns at once, so what the bench finds
 * between on and off is the cost of observing, but for the calls themselves. The product has no such switch: credit that
 * is not counted cannot be given back in time.
 */
export function stopObserving(): void {
  const account = new CreditAccount({ layer: 'session', kind: 'bidi', opener: 'us' }, null)
  const record = new StreamLedger(account).open(0, 0)
  Object.assign(record, {
    own: nothing,
    accept: nothing,
    read: nothing,
    wrote: nothing,
    finish: nothing,
    acknowledge: nothing,
    reset: nothing,
    endReceive: nothing,
    waitToWrite: nothing,
    leaveUnread: nothing,
  } satisfies Partial<typeof record>)
  Object.assign(StreamLedger.prototype, {
    open: () => record,
    retire: nothing,
  } satisfies Partial<Ledger>)
  Object.assign(VerdictWatch.prototype, { arm: nothing } satisfies Partial<VerdictWatch>)
  Object.assign(DataWatch.prototype, { waits: nothing, moves: nothing } satisfies Partial<DataWatch>)
}
