import type { FloodResult } from './result.ts'
import { bytes } from './result.ts'

/** Between these lines of `docs/limits.md` stands what a run measured. */
export const BEGIN = '<!-- what `npm run bench:flood` measured; `npm run bench:flood:docs` writes it -->'
export const END = '<!-- end of what was measured -->'

/** A page with the figures of a run in place of those that it had. @throws RangeError when it has no place for them */
export function withFigures(page: string, result: FloodResult): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) throw new RangeError('the page has no place for figures')
  return `${page.slice(0, begin)}${BEGIN}\n\n${figures(result)}\n\n${page.slice(end)}`
}

function figures({ figures, span, rounds, machine, commit, date }: FloodResult): string {
  const seconds = span / 1_000
  const header = [
    '| attack | connections | streams opened | alive at most | memory | a stream | CPU | of that without attack | the other keeps |',
    '|---|---|---|---|---|---|---|---|---|',
  ]
  const rows = figures.map(
    ({ title, connections, opened, streams, memory, cpu, quietCpu, quiet, kept }) =>
      `| ${title} | ${connections} | ${opened} | ${streams} | ${bytes(memory)} | ${
        streams >= opened ? bytes(memory / streams) : ''
      } | ${cpu.toFixed(2)} s | ${quietCpu.toFixed(2)} s | ${(kept * 100).toFixed(0)} % of ${quiet.toFixed(0)} streams/s |`,
  )
  const note =
    `Spans of ${seconds} s, ${rounds} quiet and ${rounds} under attack in turn. Memory is what the resident set of the server's process ` +
    'grew by in a span under attack, at most: an upper bound, for the traffic of the honest client moves it too, as the rows with ' +
    `no streams alive show. ${machine.processor}, ${machine.cores} cores, ${machine.system}; ${date.slice(0, 10)}` +
    `${commit === undefined ? '' : `, commit ${commit}`}. Server, attacker and honest client share the machine.`
  return [...header, ...rows, '', note].join('\n')
}
