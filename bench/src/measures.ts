import type { Layer } from './contenders.ts'
import type { Command } from './protocol.ts'
import type { Sample } from './sample.ts'

export const measureNames = ['bulk', 'streams-1', 'streams-100', 'dials', 'idle'] as const
export type MeasureName = (typeof measureNames)[number]

export interface Measure {
  readonly name: MeasureName
  readonly title: string
  readonly unit: 'MiB/s' | '1/s' | 'KiB'
  /** Layers at which it is taken. */
  readonly layers: readonly Layer[]
  /** Each sample needs processes that have done nothing before. */
  readonly fresh?: true
  command(scale: Scale): Command
  /** The figure, in `unit`; undefined where the system does not tell what it takes. */
  figure(sample: Sample): number | undefined
}

/** How much work a sample is. */
export interface Scale {
  readonly bytes: number
  readonly seconds: number
  readonly connections: number
}

export const fullScale: Scale = { bytes: 256 * 2 ** 20, seconds: 2, connections: 200 }
/** Shows that the bench runs; too short to prove anything. */
export const quickScale: Scale = { bytes: 16 * 2 ** 20, seconds: 0.25, connections: 20 }
/** Before what counts: lets compilers and allocators settle. */
export function warmUpScale(scale: Scale): Scale {
  return { bytes: scale.bytes / 4, seconds: scale.seconds / 2, connections: 1 }
}

const perSecond = (sample: Sample): number => sample.count / sample.seconds

export const measures: readonly Measure[] = [
  {
    name: 'bulk',
    title: 'bulk, one stream',
    unit: 'MiB/s',
    layers: ['engine', 'webtransport', 'libp2p'],
    command: ({ bytes }) => ({ measure: 'bulk', bytes }),
    figure: (sample) => perSecond(sample) / 2 ** 20,
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
  {
    name: 'idle',
    title: 'memory, idle connection',
    unit: 'KiB',
    layers: ['engine', 'webtransport', 'libp2p'],
    fresh: true,
    command: ({ connections }) => ({ measure: 'idle', connections }),
    figure: ({ listenerMemory, count }) =>
      listenerMemory === undefined ? undefined : listenerMemory / count / 2 ** 10,
  },
]
