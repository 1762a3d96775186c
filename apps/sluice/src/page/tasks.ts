import type { Connection } from '@libp2p/interface'
import { EchoMismatchError } from '../errors.ts'
import { requestStreams } from '../services/demo.ts'
import { echoOnce } from '../services/echo.ts'
import { measurePerf, type PerfResult } from '../services/perf.ts'
import { measurePings } from '../services/ping.ts'
import { type RunMode, type RunPlan, type RunResult, runStreams } from '../services/stream-run.ts'
import type { Plan } from './plan.ts'
import type { BothRuns, EchoMeasurement, PingMeasurement } from './report.ts'

/** Told of how far a task is, in words. */
export type Progress = (text: string) => void

export async function pingNode(connection: Connection, { pings }: Plan): Promise<PingMeasurement> {
  const milliseconds = await measurePings(connection, pings)
  const sorted = milliseconds.toSorted((a, b) => a - b)
  return { milliseconds, best: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 }
}

/** Sends random bytes and compares the SHA-256 of what comes back. @throws EchoMismatchError */
export async function echoBytes(connection: Connection, { echo: bytes }: Plan): Promise<EchoMeasurement> {
  const payload = randomBytes(bytes)
  const begin = performance.now()
  const returned = await echoOnce(connection, payload)
  const milliseconds = performance.now() - begin
  const [sent, back] = await Promise.all([sha256(payload), sha256(returned)])
  if (sent !== back) throw new EchoMismatchError(`sent ${bytes} bytes of ${sent}, got ${back}`, { remote: true })
  return { bytes, milliseconds, sha256: sent }
}

/** Opens streams to the node, first one after another, then without waiting. */
export function openToNode(connection: Connection, plan: Plan, progress: Progress): Promise<BothRuns> {
  return bothModes(plan, (run) =>
    runStreams(connection, run, { progress: (ended) => progress(`${ended} of ${run.streams}, ${WORDS[run.mode]}`) }),
  )
}

/** Has the node open streams to this page, first one after another, then without waiting. */
export function openFromNode(connection: Connection, plan: Plan, progress: Progress): Promise<BothRuns> {
  return bothModes(plan, (run) => {
    progress(`${run.streams} streams, ${WORDS[run.mode]}`)
    return requestStreams(connection, run)
  })
}

export function perfUp(connection: Connection, { perf }: Plan): Promise<PerfResult> {
  return measurePerf(connection, { upload: perf, download: 0 })
}

export function perfDown(connection: Connection, { perf }: Plan): Promise<PerfResult> {
  return measurePerf(connection, { upload: 0, download: perf })
}

/** The modes of a run in words. */
export const WORDS: Readonly<Record<RunMode, string>> = { sequential: 'one by one', concurrent: 'all at once' }

async function bothModes({ streams, bytes }: Plan, run: (plan: RunPlan) => Promise<RunResult>): Promise<BothRuns> {
  const sequential = await run({ streams, bytes, mode: 'sequential' })
  return { sequential, concurrent: await run({ streams, bytes, mode: 'concurrent' }) }
}

/** Most bytes that `crypto.getRandomValues` gives at once (Web Cryptography API, 10.1.1). */
const MOST_RANDOM = 65_536

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let offset = 0; offset < length; offset += MOST_RANDOM) {
    crypto.getRandomValues(bytes.subarray(offset, offset + MOST_RANDOM))
  }
  return bytes
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
