import { accountProof, type Millis, type Opener, type PathStats, patienceFor, type Verdict } from '@sluice/credit'
import type { VirtualClock } from '@sluice/engine/virtual'
import type { Application } from './application.ts'
import type { Hole } from './networks.ts'
import type { Plan, SidePlan } from './plan.ts'

/** How often verdicts are asked for. */
const INTERVAL: Millis = 50

/** False alarms of one run that are told. */
const MOST_FAULTS = 5

/** The part of an application that verdicts are compared with. */
export interface WatchedEnd extends Pick<Application, 'side' | 'keepsCredit' | 'leavesUnread' | 'openedSince'> {
  readonly plan: Pick<SidePlan, 'concurrency'>
  readonly session: { readonly verdict: Verdict; connectionStats(): PathStats }
}

/** The part of a plan that tells what may be the matter. */
type WatchedPlan = Pick<Plan, 'sessionLimits' | 'network'>

/** What an application did for the last time when. */
interface Lately {
  keptCredit: Millis
  leftUnread: Millis
}

/** Asks both ends for their verdicts all the time, and knows which of them cannot be true. */
export class VerdictWatch {
  readonly faults: string[] = []
  /** One of the ends has closed the session. */
  ending = false
  readonly seen: Record<string, number> = {}
  readonly #plan: WatchedPlan
  readonly #clock: VirtualClock
  readonly #applications: readonly WatchedEnd[]
  readonly #trace: (line: string) => void
  readonly #lately = new Map<WatchedEnd, Lately>()
  #cancel: () => void = () => {}

  constructor(
    plan: WatchedPlan,
    clock: VirtualClock,
    applications: readonly WatchedEnd[],
    trace: (line: string) => void,
  ) {
    this.#plan = plan
    this.#clock = clock
    this.#applications = applications
    this.#trace = trace
    const never = Number.NEGATIVE_INFINITY
    for (const application of applications) this.#lately.set(application, { keptCredit: never, leftUnread: never })
    this.#arm()
  }

  stop(): void {
    this.#cancel()
  }

  #arm(): void {
    this.#cancel = this.#clock.after(INTERVAL, () => {
      for (const [application, lately] of this.#lately) {
        if (application.keepsCredit) lately.keptCredit = this.#clock.now()
        if (application.leavesUnread) lately.leftUnread = this.#clock.now()
      }
      for (const application of this.#applications) this.#look(application)
      this.#arm()
    })
  }

  #look(application: WatchedEnd): void {
    const { verdict } = application.session
    this.seen[verdict.code] = (this.seen[verdict.code] ?? 0) + 1
    if (verdict.harmless) return
    this.#trace(`${application.side}: ${verdict.code}: ${verdict.summary}`)
    const why = this.#untrue(application, verdict)
    if (why === undefined || this.faults.length === MOST_FAULTS) return
    const when = `${Math.round(this.#clock.now())} ms`
    this.faults.push(`false alarm at the ${application.side}, ${when}: ${verdict.code} (${verdict.summary}): ${why}`)
  }

  /** What speaks against a verdict; undefined: it may be. */
  #untrue(application: WatchedEnd, verdict: Verdict): string | undefined {
    if (provesNothing(verdict)) return 'its numbers prove nothing'
    // It may be gone, or its network, which at first looks like a peer that does nothing.
    if (this.ending) return undefined
    const late = this.#lateHole(application) !== undefined
    switch (verdict.code) {
      case 'session-gone':
        return 'the session is open'
      case 'session-limit':
        if (this.#plan.sessionLimits === undefined) return 'the session has no limits'
        // WT_MAX_STREAMS waits in order behind whatever was lost of the CONNECT stream.
        if (late) return undefined
        return this.#wasWanted(application, verdict)
      case 'limit-too-small':
      case 'half-open':
        return this.#wasWanted(application, verdict)
      case 'not-accepted':
        return this.#recently(application, 'keptCredit') ? undefined : 'every stream is accepted at once'
      case 'not-released':
      case 'credit-withheld':
        if (late || this.#recently(this.#other(application), 'keptCredit')) return undefined
        return 'what the network swallowed has come again, and the application at the other end keeps nothing'
      case 'data-window': {
        const reader = this.#end(application, verdict.proof.writer === 'us' ? 'them' : 'us')
        if (late || this.#recently(reader, 'leftUnread')) return undefined
        return 'whoever should read does'
      }
      default:
        return 'no fault of this kind was made'
    }
  }

  /** Streams must have been in demand for a limit to be in the way. */
  #wasWanted(application: WatchedEnd, verdict: Verdict): string | undefined {
    const proof = accountProof(verdict)
    if (proof === null) return 'there is no proof'
    const opener = this.#end(application, proof.account.opener)
    // Those that it is done with are on their way to be retired for a round trip and more, or have been since before a hole,
    // which whoever opened them does not take for a limit that is too small.
    const { rtt } = opener.session.connectionStats()
    const isOver = verdict.code === 'limit-too-small' && opener === application
    const last = (isOver ? undefined : this.#lateHole(application)?.from) ?? this.#clock.now()
    const wanted = opener.plan.concurrency + opener.openedSince(last - 2 * rtt - 1_000)
    return 2 * wanted < (proof.window ?? 0) ? `at most ${wanted} streams were wanted at once` : undefined
  }

  /** Whether an application has done so until a moment ago. */
  #recently(application: WatchedEnd, what: keyof Lately): boolean {
    const last = this.#lately.get(application)?.[what] ?? Number.NEGATIVE_INFINITY
    return this.#clock.now() - last < patienceFor(application.session.connectionStats())
  }

  /**
   * The last hole of the network, as long as what it swallowed may still be under way. Probes of the end that lost it come at
   * twice the distance each time (RFC 9002, 6.2.1), so that the first that gets through comes at most as long after the hole
   * as the hole was, and one probe timeout; what it brings is waited for as long as anything is that was lost.
   */
  #lateHole(application: WatchedEnd): Hole | undefined {
    const now = this.#clock.now()
    const hole = this.#plan.network.lastHole?.(now)
    if (hole === undefined) return undefined
    return now < 2 * hole.to - hole.from + patienceFor(application.session.connectionStats()) ? hole : undefined
  }

  #end(application: WatchedEnd, which: Opener): WatchedEnd {
    return which === 'us' ? application : this.#other(application)
  }

  #other(application: WatchedEnd): WatchedEnd {
    return this.#applications.find((candidate) => candidate !== application) ?? application
  }
}

/** Whether no stream holds the credit that is said to be gone, though there is some. */
function provesNothing(verdict: Verdict): boolean {
  const proof = accountProof(verdict)
  if (proof === null || proof.window === 0) return false
  const holding = Object.values(proof.holders).reduce((sum, count) => sum + count, proof.unreturned ?? 0)
  return holding === 0
}
