import { defaultGovernorOptions } from '@sluice/webtransport'
import { ALLOWANCE, BYTES_PER_STREAM, bytes, summary } from './bounds.ts'
import type { FloodFigures, FloodResult } from './result.ts'

/** Between these lines of `docs/limits.md` stands what a run measured. */
export const BEGIN = '<!-- what `npm run bench:flood` measured; `npm run bench:flood:docs` writes it -->'
export const END = '<!-- end of what was measured -->'

/** A page with the figures of a run in place of those that it had. @throws RangeError when it has no place for them */
export function withFigures(page: string, result: FloodResult): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) throw new RangeError('the page has no place for figures')
  return `${page.slice(0, begin)}${BEGIN}\n\n${figures(result)}\n\n${page.slice(end)}`
}

const HEADER = [
  '| attack | connections | streams opened | alive | memory | of that heap | may be | CPU a stream | the other keeps |',
  '|---|---|---|---|---|---|---|---|---|',
]

function figures({ figures, span, rounds, machine, load, commit, date }: FloodResult): string {
  const { wastedPerSecondOfAll } = defaultGovernorOptions
  const dearest = Math.max(...figures.map((found) => summary(found).cpuPerStream))
  const note =
    `${rounds} rounds of ${span / 1_000} s, each with a server of its own. Memory is what the resident set of the server's process is larger ` +
    'by than with the same connections before they attack, both after a garbage collection and with nobody else there: the largest ' +
    `of the rounds. It may be ${bytes(BYTES_PER_STREAM)} for each stream that the connections can be granted, and ${bytes(ALLOWANCE)} by which a ` +
    'process moves for reasons of its own. CPU is that of the server beyond what the idle connections take, the largest of the ' +
    `rounds; at ${wastedPerSecondOfAll.toLocaleString('en-US')} streams a second, which is what all floods of wasted streams together get, it is ` +
    `${(dearest * wastedPerSecondOfAll * 100).toFixed(0)} % of a processor. What the other keeps is the middle of the rounds, of its rate before and ` +
    `after the attack; server, attackers and honest client share ${machine.cores} cores` +
    `${load < 1 ? '' : ` with others, whose load was ${load.toFixed(0)} when the run began, so that this column tells little`}. ${machine.processor}, ${machine.system}; ` +
    `${date.slice(0, 10)}${commit === undefined ? '' : `, commit ${commit}`}.`
  return [...HEADER, ...figures.map(row), '', note].join('\n')
}

function row(found: FloodFigures): string {
  const { opened, streams, memory, heap, cpuPerStream, quiet, kept } = summary(found)
  const cells = [
    found.title,
    found.connections,
    opened,
    streams,
    bytes(memory),
    bytes(heap),
    bytes(found.bounds.memory),
    `${(cpuPerStream * 1e6).toFixed(0)} µs`,
    `${(kept * 100).toFixed(0)} % of ${quiet.toFixed(0)} streams/s`,
  ]
  return `| ${cells.join(' | ')} |`
}
