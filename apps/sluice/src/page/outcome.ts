import type { PerfResult } from '../services/perf.ts'
import type { RunResult } from '../services/stream-run.ts'
import { bytes, count, duration, number, perSecond } from './format.ts'
import type { BothRuns } from './report.ts'
import type { Results, TaskName } from './session.ts'
import { WORDS } from './tasks.ts'

/** A result for the eye: the figure that matters, and what stands behind it. */
export interface Outcome {
  readonly headline: string
  readonly details: readonly string[]
  /** False: it ran, and part of it failed. */
  readonly complete: boolean
}

/** How the result of each task reads. */
export const outcomes: { readonly [Name in TaskName]: (result: Results[Name]) => Outcome } = {
  dial: ({ milliseconds }) => complete(duration(milliseconds)),
  // Firefox's clock counts whole milliseconds.
  ping: ({ milliseconds, median }) =>
    complete(median === 0 ? 'under 1 ms' : duration(median), `median of ${milliseconds.length}`),
  echo: ({ bytes: size, milliseconds, sha256 }) =>
    complete(
      rate(size, milliseconds),
      `${bytes(size)} and back in ${duration(milliseconds)}`,
      `SHA-256 the same: ${sha256.slice(0, 16)}…`,
    ),
  pageToNode: runs,
  nodeToPage: runs,
  download: perf,
  upload: perf,
}

function complete(headline: string, ...details: string[]): Outcome {
  return { headline, details, complete: true }
}

function perf({ upload, download, milliseconds }: PerfResult): Outcome {
  const size = upload + download
  return complete(rate(size, milliseconds), `${bytes(size)} in ${duration(milliseconds)}`)
}

function runs({ sequential, concurrent }: BothRuns): Outcome {
  const best = Math.max(...[sequential, concurrent].map(({ done, milliseconds }) => perSecond(done, milliseconds)))
  return {
    headline: `${number(best)} streams/s`,
    details: [run(sequential), run(concurrent)],
    complete: sequential.failed + concurrent.failed === 0,
  }
}

function run({ streams, done, failed, mode, milliseconds, error }: RunResult): string {
  const failure = failed === 0 ? '' : `; ${count(failed)} failed, first: ${error?.message ?? 'unknown'}`
  return `${count(done)} of ${count(streams)} ${WORDS[mode]} in ${duration(milliseconds)}${failure}`
}

function rate(size: number, milliseconds: number): string {
  return `${number(perSecond(size, milliseconds) / 1024 ** 2)} MiB/s`
}
