import type { GovernorSnapshot } from '@sluice/webtransport'
import type { CommandOptions } from '../peers/commands.ts'
import type { MemoryReport } from '../peers/memory.ts'

/** What pings and identifies came to, each on a stream of its own: milliseconds from the open to the answer. */
export interface Greetings {
  readonly ping: readonly number[]
  readonly identify: readonly number[]
  /** How often which error came instead. */
  readonly failures: Readonly<Record<string, number>>
}

/** One connection as its dialler sees it. */
export interface MemberReport {
  /** Bidirectional streams that it may have at once now. */
  readonly credit: number
  /** Streams that its application holds open. */
  readonly held: number
  /** What ended it; null: it stands. */
  readonly end: string | null
}

/** Which connections of a process, by their numbers from 0 on: `from` included, `to` not. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What each process of a crowd does. */
export interface EndCommands {
  /** Ping and identify on every connection, `width` at once. */
  greet: { options: CommandOptions & { readonly width: number }; result: Greetings }
  /** Streams of sessions that are alive now. */
  live: { options: CommandOptions; result: number }
  /** Collects garbage first. */
  memory: { options: CommandOptions; result: MemoryReport }
}

/** The node that all dial (host.ts). */
export interface HostCommands extends EndCommands {
  credit: {
    options: CommandOptions
    result: GovernorSnapshot & {
      /** Bidirectional streams that each connection gets, always and at most. */
      readonly floor: number
      readonly ceiling: number
    }
  }
}

/** A process with many nodes, each of which has one connection to the host (members.ts). */
export interface MembersCommands extends EndCommands {
  /** Makes so many nodes more, which dial, `width` at once; the time that each took, in milliseconds. */
  join: {
    options: CommandOptions & { readonly address: string; readonly count: number; readonly width: number }
    result: readonly number[]
  }
  /** Opens streams and keeps them until there is no credit for a while, on all at once; how many that were. */
  hold: { options: CommandOptions & Span; result: number }
  /** Closes what was kept open; how many that were. */
  release: { options: CommandOptions & Span; result: number }
  reports: { options: CommandOptions; result: readonly MemberReport[] }
}

export type CrowdEvent = { readonly event: 'listening'; readonly addresses: readonly string[] }
