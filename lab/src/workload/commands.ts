import type { CommandOptions } from '../peers/commands.ts'

/** What became of blocks that were fetched. Bytes and times are those of this fetch. */
export interface FetchResult {
  /** Blocks that arrived and fit their CID. */
  readonly blocks: number
  readonly bytes: number
  readonly milliseconds: number
  /** Longest time in which no block arrived. */
  readonly longestSilence: number
}

/** What Helia says besides. */
export interface HeliaFetchResult extends FetchResult {
  /** Longest time from a want to its block; with many wants at once most of it is the others' blocks. */
  readonly slowestBlock: number
  /** How often which error took the place of a block. */
  readonly failures: Readonly<Record<string, number>>
}

/** What Helia's transport counts. */
export interface HeliaStreams {
  /** Streams that hold credit now; null: this transport has no account of it. */
  readonly live: number | null
  /** Streams that there have been in the session that stands now: a replaced one took its own along. */
  readonly opened: number | null
  /** Connections that there have been: one, unless it was lost and dialled anew. */
  readonly connections: number
}

/** A Helia node, in a page or a process (lab/workload). */
export interface HeliaCommands {
  dial: { options: CommandOptions & { readonly address: string }; result: null }
  /** Blocks by CID, at most `width` wanted at a time; `patience` bounds the wait for each, in milliseconds. */
  fetch: {
    options: CommandOptions & {
      readonly cids: readonly string[]
      readonly width: number
      readonly patience: number
    }
    result: HeliaFetchResult
  }
  /** Makes blocks of random bytes to be served. */
  make: {
    options: CommandOptions & { readonly count: number; readonly size: number }
    result: { readonly cids: readonly string[] }
  }
  streams: { options: CommandOptions; result: HeliaStreams }
}

export type HeliaEvent = { readonly event: 'listening'; readonly peerId: string }

/** The Go node (lab/peers/boxo). */
export interface BoxoCommands {
  cids: { options: CommandOptions; result: readonly string[] }
  fetch: { options: CommandOptions & { readonly cids: readonly string[] }; result: FetchResult }
  streams: {
    options: CommandOptions
    result: {
      /** Live streams by protocol. */
      readonly live: Readonly<Record<string, number>>
      readonly blocksSent: number
      readonly blocksReceived: number
    }
  }
}

export type BoxoEvent =
  | { readonly event: 'listening'; readonly peerId: string; readonly addresses: readonly string[] }
  | { readonly event: 'connected' | 'disconnected'; readonly peerId: string }
