export { type AccountKey, type AccountSnapshot, CreditAccount, type CreditSnapshot } from './account.ts'
export { NoStreamCreditError, SluiceError } from './errors.ts'
export type { CreditLayer, Millis, Opener, StreamCounts, StreamKind } from './types.ts'
