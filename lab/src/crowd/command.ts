import { MEASURING, readArguments, wholeNumber } from '../command-line.ts'
import { keep } from '../docs/kept.ts'
import { failureLines, resultText } from '../result-text.ts'
import { type CrowdResult, type Times, unmet } from './result.ts'
import { runCrowd } from './run.ts'

const usage = `usage: npm run sluice -- lab crowd [options]

One libp2p node with the governor's defaults, and many that have each a connection to it. The first of them open streams
until the budget of stream credit is used up, the others what they may. Then each must have its floor, ping and identify
must pass on every connection in both directions, and what one connection gives back must go to those that wait. Exit
code 1 when one of these is not met. With 500 connections it takes some minutes and a few GiB.

  --connections COUNT   default 500
  --budget STREAMS      streams beyond the floors; default the governor's own, for which few connections are too few
  --keep                keep the result in lab/results/crowd.json, from which npm run docs:loads makes docs/loads.md
  --json                one JSON object on standard output instead of text
`

/** Runs `crowd` with these arguments and says with which exit code to end. */
export async function crowdCommand(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    options: {
      connections: { type: 'string', default: '500' },
      budget: { type: 'string' },
      ...MEASURING,
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const plan = {
    connections: wholeNumber('--connections', values.connections),
    budget: values.budget === undefined ? undefined : wholeNumber('--budget', values.budget),
  }
  const result = await runCrowd(plan, (text) => console.error(`crowd: ${text}`))
  const missed = unmet(result)
  const ok = missed.length === 0
  if (values.json) console.log(JSON.stringify({ ok, unmet: missed, ...result }))
  else printText(result, missed)
  if (values.keep) keep('crowd', String(plan.connections), result)
  return ok ? 0 : 1
}

function printText(result: CrowdResult, missed: readonly string[]): void {
  const { connections, asked, used, budget, few, held, leastCredit, mostCredit, freed, taken, live, resident } = result
  console.log(
    resultText(missed.length === 0, `${connections} of ${asked} connections, dialled in ${inWords(result.joined)}`, [
      `${used} of a budget of ${budget} used by ${few} of them; ${held} streams held at once`,
      `credit of a connection: ${leastCredit} at least, ${mostCredit} at most`,
      ...Object.entries(result.greetings).map(([what, times]) => `${what}: ${times.count} in ${inWords(times)}`),
      `${freed} streams given back, ${taken} opened by those that waited; ${live.host + live.members} alive at the end`,
      `resident: host ${mebibytes(resident.host)}, members ${mebibytes(resident.members)} MiB`,
      ...failureLines(result.failures),
      ...Object.entries(result.ends).map(([end, times]) => `${times} connections ended: ${end}`),
      ...missed.map((what) => `not met: ${what}`),
    ]),
  )
}

function inWords({ median, worst }: Times): string {
  return `${median.toFixed(1)} ms (median), ${worst.toFixed(1)} ms (worst)`
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0)
}
