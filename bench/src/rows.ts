import { type Contender, contenders } from './contenders.ts'
import { type Measure, measures } from './measures.ts'
import { duration, figure, times } from './numbers.ts'
import { cpuPerUnit, figures, type Result, type Series, seriesOf } from './result.ts'
import { ratioOf } from './targets.ts'

/** A row of a table of figures, all of it text: terminal and Markdown show the same. */
export interface Row {
  readonly measure: string
  readonly contender: string
  readonly ours: boolean
  readonly min: string
  readonly median: string
  readonly max: string
  readonly unit: string
  /** Ours through this one's, the median of the rounds; empty in our own row. */
  readonly ratio: string
  /** Processor time of both ends a stream, a dial, or a MiB. */
  readonly cpu: string
  /** Why there is no figure. */
  readonly error: string | undefined
}

export const layerTitles = {
  engine: 'Engine: QUIC streams, for reference',
  webtransport: 'WebTransport: sessions and their streams',
  libp2p: 'libp2p: connection.newStream() and multistream-select',
} as const

export type LayerName = keyof typeof layerTitles
export const layers: readonly LayerName[] = ['engine', 'webtransport', 'libp2p']

/** The rows of a layer, measure by measure; those that were not measured are left out. */
export function rowsOf(result: Result, layer: LayerName): Row[] {
  const those = contenders.filter((contender) => contender.layer === layer)
  const ours = those.find((contender) => contender.ours)
  return measures.flatMap((measure) =>
    those.flatMap((contender) => {
      const series = seriesOf(result, contender.name, measure.name)
      return series === undefined ? [] : [row(result, series, measure, contender, ours)]
    }),
  )
}

function row(result: Result, series: Series, measure: Measure, contender: Contender, ours: Contender | undefined): Row {
  const spread = figures(series)
  const ratio =
    ours === undefined || ours === contender ? undefined : ratioOf(result, ours.name, contender.name, measure.name)
  const cpu = cpuPerUnit(series)
  return {
    measure: measure.title,
    contender: contender.title,
    ours: contender.ours,
    min: spread === undefined ? '-' : figure(spread.min),
    median: spread === undefined ? '-' : figure(spread.median),
    max: spread === undefined ? '-' : figure(spread.max),
    unit: measure.unit,
    ratio: ratio === undefined ? '' : times(ratio),
    cpu: cpu === undefined || measure.unit === 'KiB' ? '' : duration(measure.unit === 'MiB/s' ? cpu * 2 ** 20 : cpu),
    error: series.error,
  }
}
