import type { HealthyFigures } from '../healthy/command.ts'
import type { JudgedVerdict, PairResult } from '../healthy/traffic.ts'
import type { SimFigures } from '../sim/summary.ts'
import { KEPT_BY, type Kept, type KeptResults } from './kept.ts'

const HEAD = `# False alarms

A verdict that calls for something, and is not true, is a false alarm. This page shows how often there was one where all was
well. It is made by \`npm run docs:alarms\` from the last results in \`lab/results\`, each with the commit that it was measured at.
`

const HEALTHY_HEAD = `## Mixed, healthy traffic

    ${KEPT_BY.healthy}

Each pair has one connection, and both ends open streams on it: one at a time, some at once, bursts of a fifth more than the
other end lets them, messages that nobody answers, large bodies, pings, streams that stay for two minutes and say something now
and then, readers that take their time, aborts, silence. Every end of ours tells each verdict that calls for something
(\`onVerdict\`), and is asked for it every 50 ms besides. Two can be true all the same: \`limit-too-small\` while a burst above the
limit goes on that began before the wait that the verdict speaks of, and \`late-event-loop\` when a timer of the same process was late
for at least half as long. Any other is a false alarm, and is listed below the table with its numbers, as it was judged at that commit.
`

const SIM_HEAD = `## The simulator

    ${KEPT_BY.simulator}

What a seed is, and what is checked, is told in [the simulator](simulator.md). A seed fails when a verdict is untrue, among
others; each end is asked every 50 ms of virtual time.
`

/** docs/false-alarms.md. */
export function alarmsPage(healthy: KeptResults<HealthyFigures>, sims: KeptResults<SimFigures>): string {
  const all = [...Object.values(healthy), ...Object.values(sims)]
  return [
    HEAD,
    HEALTHY_HEAD,
    ...Object.values(healthy).flatMap(healthyLines),
    SIM_HEAD,
    ...simLines(Object.values(sims)),
    '## Where\n',
    ...new Set(all.map(({ machine }) => `- ${machine}`)),
    '',
  ].join('\n')
}

function healthyLines({ commit, date, result: { minutes, pairs } }: Kept<HealthyFigures>): string[] {
  const streams = pairs.reduce((sum, pair) => sum + pair.streams, 0)
  const alarms = pairs.reduce((sum, pair) => sum + falseAlarms(pair), 0)
  return [
    `${whole(minutes)} minutes at ${commit}, ${date}: ${whole(streams)} streams, **${whole(alarms)} false alarms**.\n`,
    '| dialer > listener | streams | lost | echoed | connections ended | alive at the end | false alarms | true verdicts | ok |',
    '|---|---|---|---|---|---|---|---|---|',
    ...pairs.map(pairRow),
    '',
    ...pairs.flatMap(({ verdicts }) => verdicts.filter(({ why }) => why === null).map(alarmLine)),
    '',
  ]
}

function pairRow(pair: PairResult): string {
  const { pair: name, streams, lost, bytes, disconnects, alive, ok } = pair
  return row(
    name,
    whole(streams),
    whole(lost),
    mebibytes(bytes),
    whole(disconnects),
    alive === '' ? '0' : alive,
    whole(falseAlarms(pair)),
    trueVerdicts(pair),
    ok ? 'yes' : '**no**',
  )
}

function alarmLine({ pair, end, at, verdict, timerLate }: JudgedVerdict): string {
  const late = `a timer of the same process was ${whole(Math.round(timerLate))} ms late`
  return `- ${new Date(at).toISOString()}, ${pair}, at ${end}: ${verdict.code}: ${verdict.summary} (${late})`
}

function falseAlarms({ verdicts }: PairResult): number {
  return verdicts.filter(({ why }) => why === null).length
}

function trueVerdicts({ verdicts }: PairResult): string {
  const counts = new Map<string, number>()
  for (const { why, verdict } of verdicts)
    if (why !== null) counts.set(verdict.code, (counts.get(verdict.code) ?? 0) + 1)
  return counts.size === 0 ? '-' : [...counts].map(([code, times]) => `${times} x ${code}`).join('<br>')
}

function simLines(sims: readonly Kept<SimFigures>[]): string[] {
  const runs = sims.toSorted((a, b) => a.result.from - b.result.from)
  const figures = runs.map(({ result }) => result)
  const culprits = new Set(figures.flatMap(({ accusations }) => Object.keys(accusations)))
  return [
    '| seeds | failed | streams | data | healthy traffic, virtual time | time | commit |',
    '|---|---|---|---|---|---|---|',
    ...runs.map(simRow),
    '',
    `Networks: ${listed(sum(figures.map(({ networks }) => networks)))}.\n`,
    'Looks at which each verdict stood, traffic that is cut off in its middle included: ' +
      `${listed(sum(figures.map(({ verdicts }) => verdicts)))}.\n`,
    'Each seed has a culprit besides, which must be named within a second:\n',
    '| culprit | verdicts | longest time to it |',
    '|---|---|---|',
    ...[...culprits].map((culprit) => {
      const times = figures.flatMap(({ accusations }) => accusations[culprit] ?? [])
      const longest = Math.max(...times.map((one) => one.longest))
      return row(culprit, whole(times.reduce((all, { verdicts }) => all + verdicts, 0)), `${whole(longest)} ms`)
    }),
    '',
  ]
}

function simRow({ commit, date, result }: Kept<SimFigures>): string {
  const { from, seeds, failed, streams, bytes, virtualMs, seconds } = result
  return row(
    `${whole(from)} to ${whole(from + seeds - 1)}`,
    whole(failed),
    whole(streams),
    mebibytes(bytes),
    `${(virtualMs / 3_600_000).toFixed(0)} h`,
    `${whole(Math.round(seconds))} s`,
    `${commit}, ${date}`,
  )
}

function sum(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const counts of all) for (const [name, times] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + times
  return sums
}

function listed(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
  return sorted.map(([name, times]) => `${name} ${whole(times)}`).join(', ')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MiB`
}

function whole(count: number): string {
  return count.toLocaleString('en-US')
}
