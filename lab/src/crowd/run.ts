import { setTimeout as delay } from 'node:timers/promises'
import { DEFAULT_RESERVE } from '@sluice/credit'
import { UsageError } from '../errors.ts'
import type { Greetings, MemberReport, Span } from './commands.ts'
import { Crowd } from './crowd.ts'
import { type CrowdResult, type LiveStreams, timesOf } from './result.ts'

/** HTTP/3's CONNECT stream is one of those that a connection may have. */
const CONNECT_STREAM = 1
/** So many rounds in a row in which members can open nothing mean that there is no credit. */
const FRUITLESS_ROUNDS = 10
/** Streams of which none has ended for so long are taken to stay alive. */
const STILL_FOR = 30_000
const LOOK_EVERY = 250

/** What a crowd does to a budget: `connections` of them, and the host's budget where it is not the default. */
export interface CrowdPlan {
  readonly connections: number
  readonly budget?: number | undefined
}

/**
 * Uses up a node's budget of stream credit by the first of many connections, then looks whether each of the others has its
 * floor, whether ping and identify pass on all of them, and whether what one gives back goes to those that wait.
 *
 * @throws UsageError the connections are too few to use up the budget; what the processes throw: a peer that is gone, a command without an answer
 */
export async function runCrowd(plan: CrowdPlan, say: (text: string) => void): Promise<CrowdResult> {
  const crowd = await Crowd.start(plan.connections, plan.budget)
  try {
    const result = await check(crowd, say)
    await crowd.stop()
    return result
  } finally {
    await crowd.kill()
  }
}

async function check(crowd: Crowd, say: (text: string) => void): Promise<CrowdResult> {
  const joined = timesOf(await crowd.join())
  const { budget, floor, ceiling } = await crowd.credit()
  const few = { from: 0, to: Math.ceil(budget / (ceiling - floor)) }
  const others = { from: few.to, to: crowd.size }
  if (few.to >= crowd.size) {
    throw new UsageError(`${few.to} connections use up a budget of ${budget}: more are needed, or a smaller budget`)
  }
  say(`${crowd.size} connections; the first ${few.to} use up a budget of ${budget}`)
  const leastHeldPromised = floor - CONNECT_STREAM - DEFAULT_RESERVE
  const usedUp = async (): Promise<boolean> => (await crowd.credit()).used === budget
  await holdAll(crowd, few, usedUp)
  const { used } = await crowd.credit()
  say(`${used} used; the other ${others.to - others.from} open what they may`)
  await holdAll(crowd, others, async () => (await crowd.reports()).every(({ held }) => held >= leastHeldPromised))
  const before = await crowd.reports()
  say(`${heldBy(before)} streams are held; ping and identify on each connection`)
  const { byMembers, byHost } = await crowd.greet()
  const resident = await crowd.resident()

  const [greedy] = before
  // While credit is scarce a peer is left its floor unused, besides what is alive (docs/limits.md).
  const kept = CONNECT_STREAM + floor
  const freed = (greedy?.credit ?? 0) - kept
  say(`the first gives up ${greedy?.held ?? 0} streams, ${freed} of them beyond what it may keep`)
  await crowd.release({ from: 0, to: 1 })
  const taken = await holdAll(crowd, { from: 1, to: crowd.size }, async (opened) => opened >= freed && (await usedUp()))
  const after = await crowd.reports()
  const { used: usedAgain, connections } = await crowd.credit()
  say(`${taken} streams were opened by those that waited; all are given up`)
  await crowd.release({ from: 0, to: crowd.size })
  return {
    connections,
    asked: crowd.size,
    budget,
    used,
    usedAgain,
    floor,
    ceiling,
    few: few.to,
    joined,
    held: heldBy(before),
    leastHeld: Math.min(...before.map(({ held }) => held)),
    leastHeldPromised,
    // The first is left out: credit that its owner does not use is given back by steps.
    leastCredit: Math.min(...[...before, ...after.slice(1)].map(({ credit }) => credit)),
    mostCredit: Math.max(...before.map(({ credit }) => credit)),
    freed,
    taken,
    greetings: {
      'ping by the members': timesOf(byMembers.flatMap(({ ping }) => ping)),
      'identify by the members': timesOf(byMembers.flatMap(({ identify }) => identify)),
      'ping by the host': timesOf(byHost.ping),
      'identify by the host': timesOf(byHost.identify),
    },
    failures: failuresOf([...byMembers, byHost]),
    ends: endsOf(after),
    resident,
    live: await liveAtRest(crowd),
  }
}

/** Members open what they may until it is enough, or nothing more is to be had; how many streams that were. */
async function holdAll(crowd: Crowd, members: Span, enough: (opened: number) => Promise<boolean>): Promise<number> {
  let opened = 0
  let fruitless = 0
  // On a busy machine credit may take longer than they wait for it.
  while (fruitless < FRUITLESS_ROUNDS && !(await enough(opened))) {
    const now = await crowd.hold(members)
    opened += now
    fruitless = now === 0 ? fruitless + 1 : 0
  }
  return opened
}

/** Streams that stay alive at both ends: tens of thousands that are closed at once take their time. */
async function liveAtRest(crowd: Crowd): Promise<LiveStreams> {
  let live = await crowd.live()
  let movedAt = performance.now()
  while (live.host + live.members > 0 && performance.now() - movedAt < STILL_FOR) {
    await delay(LOOK_EVERY)
    const now = await crowd.live()
    if (now.host + now.members < live.host + live.members) movedAt = performance.now()
    live = now
  }
  return live
}

function heldBy(reports: readonly MemberReport[]): number {
  return reports.reduce((sum, { held }) => sum + held, 0)
}

function endsOf(reports: readonly MemberReport[]): Record<string, number> {
  const ends: Record<string, number> = {}
  for (const { end } of reports) if (end !== null) ends[end] = (ends[end] ?? 0) + 1
  return ends
}

function failuresOf(greetings: readonly Greetings[]): Record<string, number> {
  const failures: Record<string, number> = {}
  for (const each of greetings) {
    for (const [error, times] of Object.entries(each.failures)) failures[error] = (failures[error] ?? 0) + times
  }
  return failures
}
