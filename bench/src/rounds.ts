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
 * measure, in an order that rotates from round to round, so that what else the machine does falls on all alike.
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
  const pairs = new Map<string, Pair>()
  const fail = (contender: Contender, error: unknown) => {
    if (signal.aborted || !(error instanceof ChildError)) throw error
    progress.note(error.message)
    for (const course of courses) if (course.contender === contender) course.error ??= error.message
  }
  try {
    for (const contender of plan.contenders) {
      progress.now(`starting ${contender.name}`)
      try {
        const pair = await Pair.start(contender, plan.profiles, signal)
        pairs.set(contender.name, pair)
        Object.assign(versions, pair.versions)
      } catch (error) {
        fail(contender, error)
      }
    }
    for (let round = 0; round <= plan.rounds; round++) {
      const title = round === 0 ? 'warm-up' : `round ${round} of ${plan.rounds}`
      for (const measure of plan.measures) {
        for (const course of rotated(courses, measure, round)) {
          const pair = pairs.get(course.contender.name)
          if (pair === undefined || course.error !== undefined) continue
          progress.now(`${title}: ${measure.title}, ${course.contender.name}`)
          try {
            if (round === 0) {
              if (measure.fresh !== true) await pair.measure(measure.command(warmUpScale(plan.scale)), signal)
            } else if (measure.fresh === true) {
              course.samples.push(await measureFresh(course, plan, signal))
            } else {
              course.samples.push(await pair.measure(measure.command(plan.scale), signal))
            }
          } catch (error) {
            fail(course.contender, error)
          }
        }
      }
    }
  } finally {
    progress.end()
    await Promise.all([...pairs.values()].map((pair) => pair.end()))
  }
  return { series: courses.map(finished), versions }
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
