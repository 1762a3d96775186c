import type { Results } from '../results.ts'
import { matrixOf } from './matrix.ts'

/** `docs/failure-modes.md`, made from a results file. @param source the file, as the command names it */
export function failureModesPage(results: Results, source: string): string {
  const { commit, date, machine, command, runs } = results
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
  return `<!-- Made by \`sluice lab docs ${source}\`; not to be edited. -->

# Failure modes

Ways in which stream credit goes wrong, each run against a peer that shows it: what our end says of it, how soon, and what
becomes of the streams. Times are medians in milliseconds: the verdict from the moment in which an open waits, the recovery
from the verdict to the next stream that opens. Measured by \`sluice ${command}\` at commit \`${commit}\`, ${date}, ${machine}.
\`sluice lab list\` says what each scenario does; the verdicts have their pages in [verdicts](verdicts).

scenario | peer | expected | verdict | end | verdict ms | recovery ms | lost | as expected
--- | --- | --- | --- | --- | --- | --- | --- | ---
${rows.join('\n')}
`
}
