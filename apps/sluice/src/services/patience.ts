import type { Millis } from '@sluice/credit'

/** Longest wait of one stream for credit, behind all those that were opened at once before it. */
const LONGEST_WAIT: Millis = 60_000

/** For `webTransport()`: thousands of streams opened at once share the peer's limit, and the last of them wait long. */
export const patientTransport = { openDeadline: LONGEST_WAIT } as const
