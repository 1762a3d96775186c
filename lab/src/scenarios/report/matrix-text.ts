import type { MatrixCell } from './matrix.ts'

export const matrixHead = [
  'scenario',
  'peer',
  'pattern',
  'expected',
  'verdict',
  'end',
  'verdict ms',
  'recovery ms',
  'lost',
  'ok',
]

export function matrixRow({
  name,
  peer,
  pattern,
  expected,
  verdicts,
  ends,
  verdictMs,
  recoveredMs,
  lost,
  ok,
  runs,
}: MatrixCell): string[] {
  const number = (value: number | null): string => (value === null ? '' : String(value))
  const held = expected === 'reported' ? 'reported' : `${ok}/${runs}`
  const [verdict, end] = [verdicts.join(' '), ends.join(' ')]
  return [name, peer, pattern, expected, verdict, end, number(verdictMs), number(recoveredMs), String(lost), held]
}

/** A table with aligned columns. */
export function matrixText(cells: readonly MatrixCell[]): string {
  const rows = [matrixHead, ...cells.map(matrixRow)]
  const widths = matrixHead.map((_head, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
