import { defaultGovernorOptions } from '@sluice/webtransport'
import { spread } from '../statistics.ts'
import type { FloodBounds, FloodFigures } from './result.ts'

/** Bytes that an open stream costs the transport at most: its record, its objects, its state in the engine. */
export const BYTES_PER_STREAM = 2_048
/** Bytes by which a process moves for reasons of its own: compiled code, and pages that an allocator keeps. */
export const ALLOWANCE = 8 * 2 ** 20
/** Seconds of processor time that a hostile stream costs at most. */
const CPU_PER_STREAM = 50e-6
const KEPT = 0.8

/** What an attack by so many connections may cost, with the limits of a public node (docs/limits.md). */
export function boundsFor(connections: number): FloodBounds {
  const { floor, ceiling, budget } = defaultGovernorOptions
  const streams = Math.min(connections * ceiling.bidi, connections * floor.bidi + budget)
  return { memory: streams * BYTES_PER_STREAM + ALLOWANCE, cpuPerStream: CPU_PER_STREAM, kept: KEPT }
}

/** The rounds of an attack in one: of costs the largest, of what is left to others the middle. */
export interface FloodSummary {
  readonly opened: number
  readonly streams: number
  readonly granted: number
  readonly memory: number
  readonly heap: number
  readonly cpuPerStream: number
  readonly late: number
  readonly quiet: number
  readonly kept: number
}

export function summary({ costs, rates }: Pick<FloodFigures, 'costs' | 'rates'>): FloodSummary {
  return {
    opened: largest(costs.map(({ opened }) => opened)),
    streams: largest(costs.map(({ streams }) => streams)),
    granted: largest(costs.map(({ granted }) => granted)),
    memory: largest(costs.map(({ memory }) => memory)),
    heap: largest(costs.map(({ heap }) => heap)),
    cpuPerStream: largest(costs.map(({ cpu, opened }) => cpu / opened)),
    late: largest(rates.map(({ late }) => late)),
    quiet: middle(rates.map(({ quiet }) => quiet)),
    kept: middle(rates.map(({ attacked, quiet }) => attacked / quiet)),
  }
}

/** What an attack cost beyond its bounds, in words; empty: nothing. */
export function beyond(figures: Pick<FloodFigures, 'costs' | 'rates' | 'bounds'>): string[] {
  const { memory, cpuPerStream, kept } = summary(figures)
  const { bounds } = figures
  const microseconds = (seconds: number): string => `${(seconds * 1e6).toFixed(0)} µs`
  return [
    ...(memory <= bounds.memory ? [] : [`memory: ${bytes(memory)} of ${bytes(bounds.memory)}`]),
    ...(cpuPerStream <= bounds.cpuPerStream
      ? []
      : [`processor time a stream: ${microseconds(cpuPerStream)} of ${microseconds(bounds.cpuPerStream)}`]),
    ...(kept >= bounds.kept ? [] : [`the other keeps ${(kept * 100).toFixed(0)} %`]),
  ]
}

/** Bytes, for reading. */
export function bytes(count: number): string {
  if (Math.abs(count) < 1_024) return `${count.toFixed(0)} B`
  return Math.abs(count) < 2 ** 20 ? `${(count / 2 ** 10).toFixed(1)} KiB` : `${(count / 2 ** 20).toFixed(1)} MiB`
}

function largest(values: readonly number[]): number {
  return Math.max(...values)
}

function middle(values: readonly number[]): number {
  return spread(values)?.median ?? Number.NaN
}
