import type { Layer } from './contenders.ts'
import type { Command, Outcome } from './protocol.ts'

export const measureNames = ['bulk', 'streams-1', 'streams-100', 'dials'] as const
export type MeasureName = (typeof measureNames)[number]

export interface Measure {
  readonly name: MeasureName
  readonly title: string
  readonly unit: 'MiB/s' | '1/s'
  /** Layers at which it is taken. */
  readonly layers: readonly Layer[]
  command(scale: Scale): Command
  /** The figure, in `unit`. */
  figure(outcome: Outcome): number
}

/** How much work a sample is. */
export interface Scale {
  readonly bytes: number
  readonly seconds: number
}

export const fullScale: Scale = { bytes: 256 * 2 ** 20, seconds: 2 }
/** Shows that the bench runs; too short to prove anything. */
export const quickScale: Scale = { bytes: 16 * 2 ** 20, seconds: 0.25 }
/** Before the first round: lets compilers and allocators settle. */
export function warmUpScale(scale: Scale): Scale {
  return { bytes: scale.bytes / 4, seconds: scale.seconds / 2 }
}

const perSecond = (outcome: Outcome): number => outcome.count / outcome.seconds

export const measures: readonly Measure[] = [
  {
    name: 'bulk',
    title: 'bulk, one stream',
    unit: 'MiB/s',
    layers: ['engine', 'webtransport', 'libp2p'],
    command: ({ bytes }) => ({ measure: 'bulk', bytes }),
    figure: (outcome) => perSecond(outcome) / 2 ** 20,
  },
  {
    name: 'streams-1',
    title: 'streams, one by one',
    unit: '1/s',
    layers: ['engine', 'webtransport', 'libp2p'],
    command: ({ seconds }) => ({ measure: 'streams', wide: 1, seconds }),
    figure: perSecond,
  },
  {
    name: 'streams-100',
    title: 'streams, 100 wide',
    unit: '1/s',
    layers: ['engine', 'webtransport', 'libp2p'],
    command: ({ seconds }) => ({ measure: 'streams', wide: 100, seconds }),
    figure: perSecond,
  },
  {
    name: 'dials',
    title: 'dials, one by one',
    unit: '1/s',
    layers: ['libp2p'],
    command: ({ seconds }) => ({ measure: 'dials', seconds }),
    figure: perSecond,
  },
]
