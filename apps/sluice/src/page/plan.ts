/** How much the page does; each by a parameter of the same name in the page's address. */
export interface Plan {
  /** Pings, one after another. */
  readonly pings: number
  /** Bytes of the echo. */
  readonly echo: number
  /** Streams in each direction, one after another and then again all at once. */
  readonly streams: number
  /** Bytes on each of those streams, each way. */
  readonly bytes: number
  /** Bytes of perf, in each direction. */
  readonly perf: number
}

const MEBIBYTE = 1024 * 1024

const STANDARD: Plan = { pings: 10, echo: MEBIBYTE, streams: 500, bytes: 100, perf: 32 * MEBIBYTE }

/** The plan that a query such as `?auto&streams=5000` asks for; what is missing or no number is standard. */
export function readPlan(query: URLSearchParams): Plan {
  const count = (name: keyof Plan): number => {
    const value = query.get(name)
    return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : STANDARD[name]
  }
  return {
    pings: Math.max(1, count('pings')),
    echo: count('echo'),
    streams: count('streams'),
    bytes: count('bytes'),
    perf: count('perf'),
  }
}
