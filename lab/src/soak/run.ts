import { setTimeout as delay } from 'node:timers/promises'
import type { MemoryReport } from '../peers/memory.ts'
import { type Growth, growth, type Held } from './bounds.ts'
import type { SoakEnd, SoakPair } from './pair.ts'

/** Samples of memory, taken at even numbers of streams. */
const laps = 20
const width = 100
const size = 64
/** Longest lap: even the slowest browser on a busy machine does fifty streams a second. */
const leastRate = 50
const settleWithin = 15_000
const lookEvery = 50

/** What both ends held after so many streams. */
export interface Sample {
  /** Streams that came and went, both directions together. */
  readonly streams: number
  readonly memory: Readonly<Record<string, MemoryReport>>
}

/** What came of a soak, in figures. */
export interface SoakFigures {
  /** Streams asked for in each direction. */
  readonly streams: number
  /** Streams whose answer came back whole, both directions together. */
  readonly answered: number
  readonly lost: number
  readonly failures: Readonly<Record<string, number>>
  /** Streams a second, both directions together, without the time that sampling took. */
  readonly perSecond: number
  /** Streams that still held credit at each end when all was done. */
  readonly live: Readonly<Record<string, number>>
  /** By end and kind of memory, e.g. `listener heap`. */
  readonly growth: Readonly<Record<string, Growth>>
  readonly ok: boolean
}

export interface SoakResult extends SoakFigures {
  readonly samples: readonly Sample[]
}

/**
 * Sends `streams` streams in each direction of one connection, a hundred at once, and looks at what is left of them.
 *
 * @param control by end and kind of memory, bytes a stream that are kept without us
 * @param progress called after each lap. @throws what the ends throw: a peer that is gone, a command without an answer
 */
export async function soak(
  { ends }: SoakPair,
  streams: number,
  control: Readonly<Record<string, number>>,
  progress: (sample: Sample, perSecond: number) => void,
): Promise<SoakResult> {
  const samples = [await sample(ends, 0)]
  const failures: Record<string, number> = {}
  let answered = 0
  let milliseconds = 0
  for (let lap = 1; lap <= laps; lap++) {
    const count = Math.round((streams * lap) / laps) - Math.round((streams * (lap - 1)) / laps)
    const timeout = 30_000 + (count / leastRate) * 1000
    const start = performance.now()
    const results = await Promise.all(ends.map((end) => end.streams({ count, width, size, timeout })))
    milliseconds += performance.now() - start
    for (const result of results) {
      answered += result.echoed
      for (const [error, times] of Object.entries(result.failures)) failures[error] = (failures[error] ?? 0) + times
    }
    const now = await sample(ends, Math.round((streams * lap) / laps) * ends.length)
    samples.push(now)
    progress(now, (answered / milliseconds) * 1000)
  }
  const live = Object.fromEntries(
    await Promise.all(ends.map(async (end) => [end.name, await liveAtRest(end)] as const)),
  )
  const grown = growths(ends, samples, control)
  const lost = streams * ends.length - answered
  return {
    streams,
    answered,
    lost,
    failures,
    perSecond: Math.round((answered / milliseconds) * 1000),
    live,
    growth: grown,
    samples,
    ok:
      lost === 0 &&
      Object.values(live).every((count) => count === 0) &&
      Object.values(grown).every(({ slope, bound }) => slope <= bound),
  }
}

async function sample(ends: readonly SoakEnd[], streams: number): Promise<Sample> {
  const memory = await Promise.all(ends.map(async (end) => [end.name, await end.memory()] as const))
  return { streams, memory: Object.fromEntries(memory) }
}

/** Streams that stay alive; those that only wait for an acknowledgement are given their time. */
async function liveAtRest(end: SoakEnd): Promise<number> {
  const deadline = performance.now() + settleWithin
  for (;;) {
    const live = await end.live()
    if (live === 0 || performance.now() > deadline) return live
    await delay(lookEvery)
  }
}

function growths(
  ends: readonly SoakEnd[],
  samples: readonly Sample[],
  control: Readonly<Record<string, number>>,
): Record<string, Growth> {
  const grown: Record<string, Growth> = {}
  for (const { name } of ends) {
    for (const held of ['heap', 'resident'] as const satisfies readonly Held[]) {
      const points = samples.flatMap(({ streams, memory }) => {
        const bytes = memory[name]?.[held]
        return bytes === undefined || bytes === null ? [] : [{ x: streams, y: bytes }]
      })
      if (points.length > 0) grown[`${name} ${held}`] = growth(held, points, control[`${name} ${held}`])
    }
  }
  return grown
}
