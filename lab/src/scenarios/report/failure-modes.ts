import type { Results } from '../results.ts'
import { matrixOf } from './matrix.ts'

/** Results, and the file that they stand in, as the command names it. */
export type KeptResults = Results & { readonly source: string }

/** `docs/failure-modes.md`, made from results files. */
export function failureModesPage(kept: readonly KeptResults[]): string {
  return `<!-- Made by \`sluice lab docs ${kept.map(({ source }) => source).join(' ')}\`; not to be edited. -->

# Failure modes

Ways in which stream credit goes wrong, each run against a peer that shows it: what our end says of it, how soon, and what
becomes of the streams. Times are medians in milliseconds: the verdict from the moment in which an open waits, the recovery
from the verdict to the next stream that opens. \`sluice lab list\` says what each scenario does; the verdicts have their
pages in [verdicts](verdicts).

${kept.map(table).join('\n')}`
}

function table({ commit, date, machine, command, runs }: KeptResults): string {
  const rows = matrixOf(runs).map(({ name, peer, expected, verdicts, ends, verdictMs, recoveredMs, lost, ok, runs }) =>
    [
      `\`${name}\``,
      peer,
      expected,
      verdicts.join(', '),
      ends.join(', '),
      verdictMs ?? '',
      recoveredMs ?? '',
      lost,
      `${ok} of ${runs}`,
    ].join(' | '),
  )
  return `Measured by \`sluice ${command}\` at commit \`${commit}\`, ${date}, ${machine}:

scenario | peer | expected | verdict | end | verdict ms | recovery ms | lost | as expected
--- | --- | --- | --- | --- | --- | --- | --- | ---
${rows.join('\n')}
`
}
