import type { Millis } from '@sluice/credit'

/** Longest wait of one stream for credit, behind all those that were opened at once before it. */
const LONGEST_WAIT: Millis = 60_000

/** For `webTransport()`: thousands of streams opened at once share the peer's limit, and the last of them wait long. */
export const patientTransport = { openDeadline: LONGEST_WAIT } as const

/**
 * For `createLibp2p()`: libp2p pings each connection and gives one up whose ping takes more than five seconds. Behind
 * thousands of streams that wait for credit a ping takes longer, and nothing is wrong.
 */
export const patientMonitor = { pingTimeout: { minTimeout: LONGEST_WAIT, maxTimeout: LONGEST_WAIT } } as const

/**
 * For `ping()`: libp2p sends such a ping every ten seconds, allows one at a time, and gives the connection up at the
 * second. Those that waited for credit all start together.
 */
export const patientPing = { maxInboundStreams: 1000, maxOutboundStreams: 1000 } as const
