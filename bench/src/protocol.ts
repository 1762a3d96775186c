/** The JSON lines between the bench and its child processes; `peers/go/internal/peer` speaks the same. */

/** First line of a child: it listens at `address`, or is ready to drive. */
export interface Ready {
  readonly ready: true
  /** Whatever the driver of the same contender understands; empty in a driver. */
  readonly address: string
  readonly versions: Readonly<Record<string, string>>
}

/** A line to a driver. It opens a fresh connection for each, so that no congestion state carries over. */
export type Command =
  | { readonly measure: 'bulk'; readonly bytes: number }
  | { readonly measure: 'streams'; readonly wide: number; readonly seconds: number }
  | { readonly measure: 'dials'; readonly seconds: number }
  /** Opens so many connections and keeps them, doing nothing. */
  | { readonly measure: 'idle'; readonly connections: number }

/** The answer to a command: how much was done in how many seconds. */
export interface Outcome {
  readonly count: number
  readonly seconds: number
}

/** What a driver says when the measure could not be taken. */
export interface Failure {
  readonly error: string
}
