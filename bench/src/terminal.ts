import { styleText } from 'node:util'
import { times } from './numbers.ts'
import type { Result } from './result.ts'
import { layers, layerTitles, type Row, rowsOf } from './rows.ts'
import { judge, type Verdict } from './targets.ts'

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow'
/** Colours only where there is a terminal, and none under NO_COLOR. */
const style = (format: Style, text: string): string => styleText(format, text, { stream: process.stdout })

/** The result as a person at a terminal reads it. */
export function terminalReport(result: Result): string {
  const parts = [heading(result)]
  for (const layer of layers) {
    const rows = rowsOf(result, layer)
    if (rows.length > 0) parts.push(`${style('bold', layerTitles[layer])}\n${table(rows)}`)
  }
  parts.push(`${style('bold', 'Targets')}\n${judge(result).map(verdictLine).join('\n')}`)
  return `${parts.join('\n\n')}\n`
}

function heading(result: Result): string {
  const { machine, rounds, quick, profiled } = result
  const lines = [
    `${machine.processor}, ${machine.cores} cores, ${machine.system}; ${rounds} interleaved rounds, both ends on loopback`,
  ]
  if (quick) lines.push(style('yellow', 'A quick run: it shows that the bench works, its figures prove nothing.'))
  if (profiled) lines.push(style('yellow', 'Our processes ran under the profiler, which slows them.'))
  return lines.join('\n')
}

function table(rows: readonly Row[]): string {
  const header = ['', '', 'min', 'median', 'max', '', 'ours/theirs', 'CPU each']
  const cells = rows.map((row, index) => [
    rows[index - 1]?.measure === row.measure ? '' : row.measure,
    row.contender,
    row.min,
    row.median,
    row.max,
    row.unit,
    row.ratio,
    row.cpu,
  ])
  const leftAligned = new Set([0, 1, 5])
  const widths = header.map((_, column) => Math.max(...[header, ...cells].map((line) => line[column]?.length ?? 0)))
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) => {
        const width = widths[column] ?? 0
        return leftAligned.has(column) ? text.padEnd(width) : text.padStart(width)
      })
      .join('  ')
      .trimEnd()
  const body = rows.map((row, index) => {
    const text = `  ${line(cells[index] ?? [])}`
    if (row.error !== undefined) return `${text}  ${style('red', `failed: ${row.error.split('\n')[0]}`)}`
    return row.ours ? style('bold', text) : text
  })
  return [style('dim', `  ${line(header)}`), ...body].join('\n')
}

function verdictLine(verdict: Verdict): string {
  const { ours, theirs, measure, factor } = verdict.target
  const claim = `${measure}: ${ours} at least ${times(factor)} ${theirs}`
  switch (verdict.state) {
    case 'met':
      return `  ${style('green', 'met   ')}  ${claim}: ${times(verdict.ratio)}`
    case 'missed':
      return `  ${style('red', 'missed')}  ${claim}: ${times(verdict.ratio)}`
    case 'unknown':
      return `  ${style('dim', `-       ${claim}: not measured`)}`
  }
}
