import { times } from './numbers.ts'
import type { Result } from './result.ts'
import { layers, layerTitles, type Row, rowsOf } from './rows.ts'
import { judge, type Verdict } from './targets.ts'

/** The result as a page of the documentation. */
export function markdownReport(result: Result): string {
  const sections = layers.flatMap((layer) => {
    const rows = rowsOf(result, layer)
    return rows.length === 0 ? [] : [`## ${layerTitles[layer]}\n\n${table(rows)}`]
  })
  return `${[introduction(result), ...sections, targets(result), method(result)].join('\n\n')}\n`
}

function introduction({ date, commit, machine, versions, quick, profiled }: Result): string {
  const software = Object.entries(versions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
  const warnings = [
    ...(quick ? ['**A quick run: its figures prove nothing.**'] : []),
    ...(profiled ? ['**Our processes ran under the profiler, which slows them.**'] : []),
  ]
  return [
    '# Benchmarks',
    'Written by `npm run bench:docs` from `bench/results.json`; do not edit by hand. `npm run bench -- --json bench/results.json` measures anew.',
    ...warnings,
    `${date.slice(0, 10)}, ${commit === undefined ? 'outside git' : `commit ${commit}`}, ${machine.processor}, ${machine.cores} cores, ${Math.round(machine.memory / 2 ** 30)} GiB, ${machine.system}.`,
    `Versions: ${software}.`,
  ].join('\n\n')
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.measure} | ${row.contender} | ${row.min} / **${row.median}** / ${row.max} ${row.unit} | ${row.ratio} | ${row.cpu} |${row.error === undefined ? '' : ' failed |'}`,
  )
  return [
    '| measure | who | min / **median** / max | ours / theirs | CPU, both ends, each stream, dial or MiB |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

function targets(result: Result): string {
  return [
    '## Targets',
    '',
    '| target | median of the ratios of the rounds | |',
    '|---|---|---|',
    ...judge(result).map(targetLine),
  ].join('\n')
}

function targetLine(verdict: Verdict): string {
  const { ours, theirs, measure, factor } = verdict.target
  const ratio = verdict.state === 'unknown' ? 'not measured' : times(verdict.ratio)
  const state = verdict.state === 'missed' ? '**missed**' : verdict.state === 'met' ? 'met' : ''
  return `| ${measure}: \`${ours}\` at least ${times(factor)} \`${theirs}\` | ${ratio} | ${state} |`
}

function method({ rounds, scale }: Result): string {
  return [
    '## Method',
    '',
    `- One run of ${rounds} rounds. Each starts every process anew and warms it up, for one start of a program may be a tenth faster than the next and stays so. In a round all contenders are measured one right after the other, in rotating order, so that whatever else the machine does falls on all alike. Compare within a run: a ratio is taken round by round, and the median of the rounds is shown.`,
    '- Both ends of a contender are separate processes on loopback and live through a round. Each sample opens a fresh connection.',
    `- Bulk: ${scale.bytes / 2 ** 20} MiB on one stream from the dialler to the listener, until the listener has read all of it and said so by its FIN.`,
    `- Streams: for ${scale.seconds} s, open a stream, send 64 bytes and FIN, read 64 bytes and FIN; then the next. 100 wide keeps a hundred such loops going. All listeners allow 256 streams at once, so nobody gets far without giving credit back.`,
    '- Dials: connect, all handshakes included, and close; one after the other.',
    `- Memory: what the listener's process (resident set) grows by while ${scale.connections} connections are opened and left idle, for each of them; fresh processes for each sample. Less is better.`,
    '- At the libp2p level every stream negotiates its protocol with multistream-select. go-libp2p runs identify on each connection and may skip a round trip of the negotiation once identify has told it what the peer speaks; the js-libp2p nodes here run no services.',
    '- Windows of the Go peers are those that go-libp2p gives its WebTransport listener (10 MiB a stream, 15 MiB a connection), its resource manager is off; js-libp2p has its stream limits raised. Everything else is the default of each.',
    '- Ledger and verdicts off: the same program, in which the records of streams, the watch for stalls and the accounts of the session are replaced by calls that do nothing, at both ends (`bench/src/peers/unobserved.ts`). What it is ahead by is the cost of observing.',
    '- CPU is user and system time of both processes, from `/proc`.',
  ].join('\n')
}
