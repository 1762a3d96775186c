import type { Connection } from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import { EchoMismatchError } from '../errors.ts'
import { echoOnce } from './echo.ts'

/** How the streams of a run follow each other: each after the last one's end, or all without waiting. */
export type RunMode = 'sequential' | 'concurrent'

/** Echo streams to open one after another or at once. */
export interface RunPlan {
  readonly streams: number
  readonly mode: RunMode
  /** Payload of each stream, in bytes. */
  readonly bytes: number
}

/** What became of a run. `done + failed = streams`. */
export interface RunResult extends RunPlan {
  readonly done: number
  readonly failed: number
  readonly milliseconds: Millis
  /** The first failure; null when there was none. */
  readonly error: { readonly name: string; readonly code: string | null; readonly message: string } | null
}

export interface RunOptions {
  readonly signal?: AbortSignal
  /** Called after each stream with the number of those that have ended. */
  readonly progress?: (ended: number) => void
}

/** Opens echo streams by plan, checks each answer, and counts; a stream that fails does not end the run. */
export async function runStreams(connection: Connection, plan: RunPlan, options: RunOptions = {}): Promise<RunResult> {
  const payload = new Uint8Array(plan.bytes).fill(0x5a)
  const begin = performance.now()
  let done = 0
  let failed = 0
  let first: unknown

  const one = async (): Promise<void> => {
    try {
      const returned = await echoOnce(connection, payload, options)
      if (!returned.every((byte) => byte === 0x5a))
        throw new EchoMismatchError('other bytes came back', { remote: true })
      done += 1
    } catch (error) {
      failed += 1
      first ??= error
    }
    options.progress?.(done + failed)
  }

  if (plan.mode === 'concurrent') await Promise.all(Array.from({ length: plan.streams }, one))
  else for (let index = 0; index < plan.streams && !options.signal?.aborted; index += 1) await one()
  return { ...plan, done, failed: plan.streams - done, milliseconds: performance.now() - begin, error: describe(first) }
}

function describe(error: unknown): RunResult['error'] {
  if (error === undefined) return null
  if (!(error instanceof Error)) return { name: 'Error', code: null, message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  return { name: error.name, code, message: error.message }
}
