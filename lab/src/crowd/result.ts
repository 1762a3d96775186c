/** Times of the same thing, done many times. */
export interface Times {
  readonly count: number
  /** Milliseconds. */
  readonly median: number
  readonly worst: number
}

/** Streams that hold credit, by either end's ledgers. */
export interface LiveStreams {
  readonly host: number
  readonly members: number
}

/** What came of a crowd. Counts of credit are bidirectional streams. */
export interface CrowdResult {
  /** Connections that were asked for, and that stood at the end. */
  readonly asked: number
  readonly connections: number
  /** Of the host's governor: what it grants beyond the floors, and how much of it was out. */
  readonly budget: number
  readonly used: number
  /** As `used`, after one had given back what it had and others had waited for it. */
  readonly usedAgain: number
  readonly floor: number
  readonly ceiling: number
  /** How many connections used up the budget. */
  readonly few: number
  readonly joined: Times
  /** Streams that applications held open at once. */
  readonly held: number
  /** The fewest that one of them held, and what it had to be. */
  readonly leastHeld: number
  readonly leastHeldPromised: number
  /** The least and the most credit that a connection had. */
  readonly leastCredit: number
  readonly mostCredit: number
  /** Streams beyond what it may keep that one gave back, and how many more those that waited could open. */
  readonly freed: number
  readonly taken: number
  /** On each connection, while applications held all that they may. */
  readonly greetings: Readonly<Record<string, Times>>
  readonly failures: Readonly<Record<string, number>>
  /** How often what ended a connection that should stand. */
  readonly ends: Readonly<Record<string, number>>
  /** Bytes, while all streams were held. */
  readonly resident: { readonly host: number; readonly members: number }
  /** Streams that still held credit at the end. */
  readonly live: LiveStreams
}

/** Median and worst of times in milliseconds; of none both are 0. */
export function timesOf(milliseconds: readonly number[]): Times {
  const sorted = milliseconds.toSorted((a, b) => a - b)
  return {
    count: sorted.length,
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    worst: sorted.at(-1) ?? 0,
  }
}

/** What was not as issue and docs demand, in words; empty when all was. */
export function unmet(result: CrowdResult): string[] {
  const { asked, connections, budget, used, usedAgain, floor, leastCredit, leastHeld, leastHeldPromised } = result
  const { freed, taken, greetings, failures, live } = result
  const failed = Object.values(failures).reduce((sum, times) => sum + times, 0)
  const demands: readonly (readonly [boolean, string])[] = [
    [connections === asked, `${connections} of ${asked} connections stand`],
    [used === budget, `${used} of a budget of ${budget} was used`],
    [leastCredit >= floor, `a connection had credit for ${leastCredit} streams, less than the floor of ${floor}`],
    [leastHeld >= leastHeldPromised, `an application could open ${leastHeld} streams, not ${leastHeldPromised}`],
    [failed === 0, `${failed} pings and identifies failed`],
    ...Object.entries(greetings).map(
      ([what, { count }]) => [count === asked, `${what} on ${count} of ${asked} connections`] as const,
    ),
    [freed > 0 && taken >= freed, `of ${freed} streams that were given back ${taken} were opened by those that waited`],
    [usedAgain === budget, `${usedAgain} of a budget of ${budget} was used after streams were given back`],
    [
      live.host + live.members === 0,
      `${live.host} streams are alive at the host at the end, ${live.members} at the members`,
    ],
  ]
  return demands.flatMap(([met, what]) => (met ? [] : [what]))
}
