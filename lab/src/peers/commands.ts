import type { CreditSnapshot, LiveStream, Verdict } from '@sluice/credit'
import type { Treatment } from '../abandon/table.ts'
import type { MemoryReport } from './memory.ts'

/** Options that every command takes. */
export interface CommandOptions {
  /** Longest run of the command in milliseconds; default 60,000. */
  readonly timeout?: number
}

/** How many streams a `streams` command opens, and how. */
export interface StreamsOptions extends CommandOptions {
  readonly count: number
  /** Streams in flight at once; 0: all of them, opened without waiting. */
  readonly width: number
  /** Bytes echoed through each. */
  readonly size: number
}

export interface StreamsResult {
  readonly asked: number
  readonly echoed: number
  /** How often which error ended a stream. */
  readonly failures: Readonly<Record<string, number>>
  readonly milliseconds: number
}

/** Messages to send, each on a fresh stream that nobody answers. */
export interface MessagesOptions extends CommandOptions {
  readonly count: number
  /** Messages in flight at once; 0: all of them. */
  readonly width: number
  /** Bytes of each, besides its number. */
  readonly size: number
  /** Longest time for one message in milliseconds; beyond it the message counts as stalled. */
  readonly patience: number
}

export interface MessagesResult {
  readonly asked: number
  readonly sent: number
  readonly stalls: number
  /** Longest time of a message, in milliseconds. */
  readonly slowest: number
  readonly failures: Readonly<Record<string, number>>
  readonly milliseconds: number
}

/** Messages to send, each on a fresh stream, right before the connection is closed. */
export interface FarewellOptions extends CommandOptions {
  readonly count: number
  /** Number of the first. */
  readonly first: number
  /** Bytes of each, besides its number. */
  readonly size: number
}

/** Streams that are opened all at once, of which each waits for its answer. */
export interface CrowdOptions extends CommandOptions {
  readonly count: number
}

export interface CrowdResult {
  readonly answered: number
  readonly failures: Readonly<Record<string, number>>
  /** When the first was asked for, in milliseconds since 1970. */
  readonly began: number
}

/** Addresses to dial, all at once. */
export interface DialsOptions extends CommandOptions {
  readonly addresses: readonly string[]
  /** Longest time for one, in milliseconds. */
  readonly patience: number
}

/** What came of one dial. */
export interface DialOutcome {
  /** `ok`, or the code of the error, or its name where it has none. */
  readonly code: string
  readonly milliseconds: number
  /** For how long the transport said that the browser holds the dial back, in milliseconds; null: it said nothing. */
  readonly heldBack: { readonly least: number; readonly most: number } | null
}

/** How many streams an `abandon` command opens, and how each end treats them (`src/abandon`). */
export interface AbandonOptions extends CommandOptions, Treatment {
  readonly count: number
  /** Streams opened at once. */
  readonly width: number
}

export interface AbandonResult {
  readonly asked: number
  /** Streams that the application got. */
  readonly opened: number
  /** Streams that were treated to the end without an error. */
  readonly completed: number
  /** How often which code ended an open or a stream. */
  readonly failures: Readonly<Record<string, number>>
  readonly milliseconds: number
}

/** What a healthy application does with a stream besides a plain exchange (`src/healthy/tendings.ts`). */
export type TendingName = 'idles' | 'reads slowly' | 'aborts'

/** How many streams a `tend` command opens at the echo of the other end, and how it treats them (`src/healthy`). */
export interface TendOptions extends CommandOptions {
  readonly way: TendingName
  readonly count: number
  /** Bytes echoed through each, or in each exchange of it. */
  readonly size: number
  /** For how long a stream lasts, in milliseconds, where its way does not say. */
  readonly hold: number
}

export interface TendResult {
  readonly asked: number
  /** Streams whose way was gone to its end. */
  readonly done: number
  readonly failures: Readonly<Record<string, number>>
}

/** A verdict that calls for something, as its session told of it or had it when it was asked. */
export interface HeardVerdict {
  /** Since the epoch, in milliseconds. */
  readonly at: number
  readonly verdict: Verdict
  /** For how long a timer of the peer's own was late at that time or in the seconds before, in milliseconds. */
  readonly timerLate: number
}

/** What arrived. */
export interface ReceivedResult {
  /** Different messages that came whole. */
  readonly messages: number
  /** Sum of their numbers, which count from 0. */
  readonly sum: number
  /** Sum of their bytes. Peers of ours only. */
  readonly bytes?: number
  /** Messages that came more than once. */
  readonly repeats: number
  /** How often which error ended a stream of a message. */
  readonly faults: Readonly<Record<string, number>>
  /** Verdicts that call for something: at how many looks, 50 ms apart, each stood. Peers of ours only. */
  readonly alarms?: Readonly<Record<string, number>>
  /** Opens that the browser rejected, out of sight of the application. Pages of ours only. */
  readonly rejectedOpens?: number
}

export interface EchoResult {
  readonly bytes: number
  /** SHA-256, hexadecimal. */
  readonly sent: string
  readonly received: string
  readonly milliseconds: number
}

export interface ConnectionReport {
  readonly peerId: string
  readonly address: string
  readonly direction: 'inbound' | 'outbound'
  /** libp2p streams that the peer still lists. */
  readonly streams: number
  /** Stream credit, where the peer has an account of it; also of connections that have ended. */
  readonly credit?: CreditSnapshot
  /** Of the live streams in `credit`, those that are over and that the browser never lets go. */
  readonly unreleased?: number
  /** Some of the live streams, where the peer has an account of them. */
  readonly held?: readonly LiveStream[]
  readonly status?: string
}

export interface DialResult {
  readonly peerId: string
  readonly milliseconds: number
}

export interface IdentifyResult {
  readonly peerId: string
  readonly protocols: readonly string[]
  readonly agent: string
}

/** What every libp2p peer of the lab does when asked, whatever it is made of (lab/peers/README.md). */
export interface Commands {
  dial: { options: CommandOptions & { readonly address: string }; result: DialResult }
  identify: { options: CommandOptions; result: IdentifyResult }
  ping: { options: CommandOptions & { readonly count: number }; result: { readonly milliseconds: readonly number[] } }
  echo: { options: CommandOptions & { readonly size: number }; result: EchoResult }
  streams: { options: StreamsOptions; result: StreamsResult }
  messages: { options: MessagesOptions; result: MessagesResult }
  received: { options: CommandOptions; result: ReceivedResult }
  /** Peers in JavaScript only. */
  tend: { options: TendOptions; result: TendResult }
  /** Those heard from this one on, counted from 0; peers of ours only. */
  verdicts: { options: CommandOptions & { readonly from: number }; result: readonly HeardVerdict[] }
  /** Peers in JavaScript only. */
  farewell: { options: FarewellOptions; result: null }
  /** Peers in JavaScript only. */
  crowd: { options: CrowdOptions; result: CrowdResult }
  /** Peers in JavaScript only. */
  dials: { options: DialsOptions; result: readonly DialOutcome[] }
  /** Peers of `src/abandon` only. */
  abandon: { options: AbandonOptions; result: AbandonResult }
  connections: { options: CommandOptions; result: readonly ConnectionReport[] }
  close: { options: CommandOptions; result: null }
  /** Swaps the certificate under standing connections; peers of ours only. */
  rotate: { options: CommandOptions; result: { readonly addresses: readonly string[] } }
  /** Puts a fresh session under the connection; peers of ours only. */
  renew: { options: CommandOptions; result: { readonly renewed: boolean } }
  /** Collects garbage first; peers of ours only, started for it. */
  memory: { options: CommandOptions; result: MemoryReport }
}

export type CommandName = keyof Commands

/** What a peer says unasked. */
export interface PeerEvent {
  readonly event: 'listening' | 'connected' | 'disconnected'
  readonly peerId: string
  readonly addresses?: readonly string[]
  readonly direction?: 'inbound' | 'outbound'
}
