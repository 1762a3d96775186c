import type { StreamsOptions, StreamsResult } from '../peers/commands.ts'
import type { MemoryReport } from '../peers/memory.ts'

/** One end of the connection that is soaked. */
export interface SoakEnd {
  readonly name: string
  /** Opens streams towards the other end; each carries a message and FIN, and its answer and FIN. */
  streams(options: StreamsOptions): Promise<StreamsResult>
  /** After a garbage collection. */
  memory(): Promise<MemoryReport>
  /** Streams that hold credit now, by this end's ledger. */
  live(): Promise<number>
}

/** Two ends with one connection between them. */
export interface SoakPair {
  readonly ends: readonly SoakEnd[]
  close(): Promise<void>
}
