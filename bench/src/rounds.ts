import type { Contender } from './contenders.ts'
import { ChildError } from './errors.ts'
import { type Measure, type Scale, warmUpScale } from './measures.ts'
import { Pair } from './pair.ts'
import type { Progress } from './progress.ts'
import type { Series } from './result.ts'
import type { Sample } from './sample.ts'

export interface Plan {
  readonly contenders: readonly Contender[]
  readonly measures: readonly Measure[]
  readonly rounds: number
  readonly scale: Scale
  /** Folder for CPU profiles of our processes. */
  readonly profiles: string | undefined
}

/** One contender in one measure, while it is being measured. */
interface Course {
  readonly contender: Contender
  readonly measure: Measure
  readonly samples: Sample[]
  error: string | undefined
}

export interface Measured {
  readonly series: Series[]
  readonly versions: Record<string, string>
}

/**
 * Measures all contenders in interleaved rounds: within a round they come one right after the other, measure by
 * measure, in an order that rotates from round to round, so that what else the machine does falls on all alike. Each
 * round starts every process anew: one start of a program may be a tenth faster than the next, and stays so.
 * A contender that fails keeps the samples that it has and is left out from then on; the others go on.
 *
 * @throws the signal's reason
 */
export async function measureAll(plan: Plan, progress: Progress, signal: AbortSignal): Promise<Measured> {
  const courses = plan.measures.flatMap((measure) =>
    plan.contenders
      .filter(({ layer }) => measure.layers.includes(layer))
      .map((contender): Course => ({ contender, measure, samples: [], error: undefined })),
  )
  const versions: Record<string, string> = {}
  const fail = (contender: Contender, error: unknown) => {
    if (signal.aborted || !(error instanceof ChildError)) throw error
    progress.note(error.message)
    for (const course of courses) if (course.contender === contender) course.error ??= error.message
  }
  try {
    for (let round = 1; round <= plan.rounds; round++) {
      const say = (what: string) => progress.now(`round ${round} of ${plan.rounds}: ${what}`)
      const pairs = new Map<Contender, Pair>()
      try {
        for (const contender of plan.contenders) {
          const own = courses.filter((course) => course.contender === contender && course.error === undefined)
          if (own.length === 0) continue
          say(`starting ${contender.name}`)
          await startWarm(contender, own, plan, pairs, signal).catch((error: unknown) => fail(contender, error))
          Object.assign(versions, pairs.get(contender)?.versions)
        }
        for (const course of plan.measures.flatMap((measure) => rotated(courses, measure, round))) {
          const pair = pairs.get(course.contender)
          if (pair === undefined || course.error !== undefined) continue
          say(`${course.measure.title}, ${course.contender.name}`)
          await sample(course, pair, plan, signal).then(
            (taken) => course.samples.push(taken),
            (error: unknown) => fail(course.contender, error),
          )
        }
      } finally {
        await Promise.all([...pairs.values()].map((pair) => pair.end()))
      }
    }
  } finally {
    progress.end()
  }
  return { series: courses.map(finished), versions }
}

/** Starts the processes of a contender, and lets them do a little of each measure; `pairs` has them as soon as they run. */
async function startWarm(
  contender: Contender,
  courses: readonly Course[],
  plan: Plan,
  pairs: Map<Contender, Pair>,
  signal: AbortSignal,
): Promise<void> {
  const pair = await Pair.start(contender, plan.profiles, signal)
  pairs.set(contender, pair)
  for (const { measure } of courses)
    if (measure.fresh !== true) await pair.measure(measure.command(warmUpScale(plan.scale)), signal)
}

async function sample(course: Course, pair: Pair, plan: Plan, signal: AbortSignal): Promise<Sample> {
  if (course.measure.fresh === true) return await measureFresh(course, plan, signal)
  return await pair.measure(course.measure.command(plan.scale), signal)
}

async function measureFresh({ contender, measure }: Course, plan: Plan, signal: AbortSignal): Promise<Sample> {
  const pair = await Pair.start(contender, undefined, signal)
  try {
    return await pair.measure(measure.command(plan.scale), signal)
  } finally {
    await pair.end()
  }
}

function rotated(courses: readonly Course[], measure: Measure, round: number): Course[] {
  const these = courses.filter((course) => course.measure === measure)
  const first = round % these.length
  return [...these.slice(first), ...these.slice(0, first)]
}

function finished({ contender, measure, samples, error }: Course): Series {
  return {
    contender: contender.name,
    measure: measure.name,
    samples,
    ...(error === undefined ? {} : { error }),
  }
}
