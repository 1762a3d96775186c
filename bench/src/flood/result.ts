import type { Machine } from '../machine.ts'

/** What an attack costs a server that does nothing else. */
export interface FloodCost {
  /** Streams that the attackers opened in a span. */
  readonly opened: number
  /** Streams alive in sessions of the server at the end of the span. */
  readonly streams: number
  /** Streams granted beyond the floors at the end of the span. */
  readonly granted: number
  /** Bytes that the resident set of the server is larger by than with the same connections before they attack. */
  readonly memory: number
  /** Of that the JavaScript heap. */
  readonly heap: number
  /** Seconds of processor time of the server in the span, beyond those of a span in which the connections are idle. */
  readonly cpu: number
}

/** What an attack leaves to an honest client of the same server. */
export interface FloodRates {
  /** Streams a second of the honest client in the spans before and after the attack. */
  readonly quiet: number
  /** As that in the span of the attack. */
  readonly attacked: number
  /** Largest lateness of a timer of the server in that span, in milliseconds. */
  readonly late: number
}

/** What an attack may cost (docs/limits.md). */
export interface FloodBounds {
  /** Bytes. */
  readonly memory: number
  /** Seconds of processor time a stream that is opened. */
  readonly cpuPerStream: number
  /** Share of its rate that an honest client keeps. */
  readonly kept: number
}

/** What came of one attack; every round has a server of its own. */
export interface FloodFigures {
  readonly attack: string
  readonly title: string
  readonly connections: number
  readonly costs: readonly FloodCost[]
  readonly rates: readonly FloodRates[]
  readonly bounds: FloodBounds
}

export interface FloodResult {
  readonly format: 'sluice-flood/2'
  readonly date: string
  readonly commit: string | undefined
  readonly machine: Machine
  /** Processes of others that wanted a processor when the run began: the load average of a minute. */
  readonly load: number
  /** Milliseconds. */
  readonly span: number
  readonly rounds: number
  readonly figures: readonly FloodFigures[]
}
