import type { FloodCost, FloodFigures, FloodRates } from './result.ts'

export const COST: FloodCost = {
  opened: 16_000,
  streams: 16_000,
  granted: 12_000,
  memory: 20 * 2 ** 20,
  heap: 12 * 2 ** 20,
  cpu: 0.4,
}

export const RATES: FloodRates = { quiet: 1_000, attacked: 900, late: 3 }

/** An attack within its bounds. */
export const FIGURES: FloodFigures = {
  attack: 'nothing-sent',
  title: 'streams that bring nothing',
  connections: 64,
  costs: [COST, { ...COST, memory: 2 ** 20, cpu: 0.2 }],
  rates: [RATES],
  bounds: { memory: 40 * 2 ** 20, cpuPerStream: 50e-6, kept: 0.8 },
}
