import type { Machine } from '../machine.ts'

/** What one attack cost. Spans are all of one length; sums of rounds are divided by their number. */
export interface FloodFigures {
  readonly attack: string
  readonly title: string
  readonly connections: number
  /** Streams that the attackers opened in a span. */
  readonly opened: number
  /** Streams alive in sessions of the server at the end of a span, at most. */
  readonly streams: number
  /** Streams granted beyond the floors, at most. */
  readonly granted: number
  /** Bytes that the server's process grew by in a span under attack, at most. */
  readonly memory: number
  /** Seconds of processor time of the server in a span under attack. */
  readonly cpu: number
  /** As that in a quiet span. */
  readonly quietCpu: number
  /** Largest lateness of a timer of the server, in milliseconds. */
  readonly late: number
  /** Streams a second of the honest client in quiet spans. */
  readonly quiet: number
  /** As that in spans under attack. */
  readonly attacked: number
  /** What share of its rate it keeps. */
  readonly kept: number
}

export interface FloodResult {
  readonly format: 'sluice-flood/1'
  readonly date: string
  readonly commit: string | undefined
  readonly machine: Machine
  /** Milliseconds. */
  readonly span: number
  readonly rounds: number
  readonly figures: readonly FloodFigures[]
}

/** Bytes, for reading. */
export function bytes(count: number): string {
  if (count < 1_024) return `${count.toFixed(0)} B`
  return count < 2 ** 20 ? `${(count / 2 ** 10).toFixed(1)} KiB` : `${(count / 2 ** 20).toFixed(1)} MiB`
}
