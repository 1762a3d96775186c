import type { CrowdResult, Times } from '../crowd/result.ts'
import { unmet } from '../crowd/result.ts'
import type { SoakFigures } from '../soak/run.ts'
import type { WorkloadResult } from '../workload/run.ts'
import type { Kept, KeptResults } from './kept.ts'

const HEAD = `# Loads

What long runs left behind. This page is made by \`npm run docs:loads\` from the last results in \`lab/results\`, each with the
commit that it was measured at; \`npm run soak -- --keep\` and \`npm run workload -- --keep\` measure anew, as does
\`npm run sluice -- lab crowd --keep\`.
`

const SOAK_HEAD = `## Soak: many streams in one connection

A message and FIN, an answer and FIN, a hundred streams at once in each direction. Growth is the slope of what an end held
after a garbage collection, over the later half of twenty samples, in bytes a stream; in parentheses the most that it may
be, which is 16 bytes and what a process moves by anyway, spread over the streams. \`bare\` is the browser's own WebTransport
with nothing of ours in the page: what a browser keeps there is its own doing. Firefox keeps 13 KB of each stream until its session
ends, so its page has a fresh session after 25,000 ([profiles](profiles.md#streams-leave-memory)), and its memory is a sawtooth.

| ends | streams each way | lost | alive at the end | a second | growth | ok | commit |
|---|---|---|---|---|---|---|---|`

const WORKLOAD_HEAD = `## Workload: Helia and boxo

Helia with bitswap over one connection to a Go node (boxo v0.43.0, go-libp2p v0.51.0). Helia fetches blocks of 128 KiB, at most
1,000 wanted at a time, each checked by its CID, then serves a quarter as many back. A stall is ten seconds without a block.

| Helia in | transport | fetched | served | longest silence | stalls | streams, alive at the end | ok | commit |
|---|---|---|---|---|---|---|---|---|`

const CROWD_HEAD = `## Crowd: a full budget of stream credit

A libp2p node with the governor's defaults and many others, each with one connection to it ([limits](limits.md)). The first
few open streams until the budget is used up, the others what they may, and all hold them. Then ping and identify go over
every connection in both directions, in milliseconds from the wish for a stream to the answer, eight connections at a time;
then one of the few gives back what it has, and those that wait open it.

| connections | budget | used by | credit of each | streams held | ping, identify | given back | opened by others | resident | ok | commit |
|---|---|---|---|---|---|---|---|---|---|---|`

/** docs/loads.md. */
export function loadsPage(
  soaks: KeptResults<SoakFigures>,
  crowds: KeptResults<CrowdResult>,
  workloads: KeptResults<WorkloadResult>,
): string {
  return `${[
    HEAD,
    SOAK_HEAD,
    ...Object.entries(soaks).map(soakRow),
    '',
    CROWD_HEAD,
    ...Object.values(crowds).map(crowdRow),
    '',
    WORKLOAD_HEAD,
    ...Object.values(workloads).map(workloadRow),
    '',
    '## Where',
    '',
    ...machines([...Object.values(soaks), ...Object.values(crowds), ...Object.values(workloads)]).map(
      (machine) => `- ${machine}`,
    ),
  ].join('\n')}\n`
}

function soakRow([cell, { date, commit, result }]: [string, Kept<SoakFigures>]): string {
  const growth = Object.entries(result.growth).map(
    ([what, { slope, bound }]) => `${what} ${slope.toFixed(1)} (${bound.toFixed(0)})`,
  )
  const live = Object.entries(result.live).map(([end, count]) => `${end} ${count}`)
  return row(
    cell,
    whole(result.streams),
    whole(result.lost),
    live.join(', '),
    whole(result.perSecond),
    growth.join('<br>'),
    yes(result.ok),
    `${commit}, ${date}`,
  )
}

function crowdRow({ date, commit, result }: Kept<CrowdResult>): string {
  const { connections, asked, budget, used, few, leastCredit, mostCredit, held, freed, taken, resident } = result
  const greetings = Object.entries(result.greetings).map(([what, times]) => `${what}: ${inWords(times)}`)
  return row(
    `${whole(connections)} of ${whole(asked)}`,
    `${whole(used)} of ${whole(budget)}`,
    `${few} of them`,
    `${leastCredit} to ${mostCredit}`,
    whole(held),
    greetings.join('<br>'),
    whole(freed),
    whole(taken),
    `node ${mebibytes(resident.host)}, all others ${mebibytes(resident.members)}`,
    yes(unmet(result).length === 0),
    `${commit}, ${date}`,
  )
}

function workloadRow({ date, commit, result }: Kept<WorkloadResult>): string {
  const { where, transport, blocks, fetched, served, stalls, streams, ok } = result
  return row(
    where,
    transport,
    `${whole(fetched.blocks)} of ${whole(blocks)}, ${rate(fetched)}`,
    `${whole(served.blocks)} of ${whole(served.asked)}, ${rate(served)}`,
    `${Math.round(Math.max(fetched.longestSilence, served.longestSilence))} ms`,
    String(stalls),
    streams.live === null ? 'not told' : `${whole(streams.opened ?? 0)}, ${streams.live}`,
    yes(ok),
    `${commit}, ${date}`,
  )
}

function machines(results: readonly Kept<unknown>[]): string[] {
  return [...new Set(results.map(({ machine }) => machine))]
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function yes(ok: boolean): string {
  return ok ? 'yes' : '**no**'
}

function rate({ bytes, milliseconds }: { readonly bytes: number; readonly milliseconds: number }): string {
  return milliseconds === 0 ? '-' : `${(bytes / 1024 ** 2 / (milliseconds / 1000)).toFixed(1)} MiB/s`
}

function inWords({ median, worst }: Times): string {
  return `${median.toFixed(0)} (median), ${worst.toFixed(0)} (worst)`
}

function mebibytes(bytes: number): string {
  return `${whole(Math.round(bytes / 1024 ** 2))} MiB`
}

function whole(count: number): string {
  return count.toLocaleString('en-US')
}
