import { browserNames } from '../browsers/launch.ts'
import { MEASURING, readArguments, wholeNumber } from '../command-line.ts'
import { keep } from '../docs/kept.ts'
import { UsageError } from '../errors.ts'
import { failureLines, resultText } from '../result-text.ts'
import { installHelia } from './install.ts'
import { runWorkload, type WorkloadPlan, type WorkloadResult } from './run.ts'

const usage = `usage: npm run workload -- [options]

Helia with bitswap over Sluice and a Go node (boxo, go-libp2p): Helia fetches blocks of 128 KiB, checked by CID, at most
1000 wanted at a time, then serves a quarter as many back. Exit code 1 when a block is missing, when none arrives for ten
seconds, or when a stream is still alive at the end. Helia's packages are installed on first use, in lab/workload.

  --browser NAME    chromium, firefox, or node for Helia on Node.js; may be repeated (default all three)
  --blocks COUNT    blocks to fetch (default 2000: 256 MiB)
  --transport NAME  sluice, or stock for @libp2p/webtransport in a browser (default sluice)
  --keep            keep the result in lab/results/workload.json, from which npm run docs:loads makes docs/loads.md
  --json            one JSON object a run on standard output instead of text
`

const places = [...browserNames, 'node'] as const

/** Runs `workload` with these arguments and says with which exit code to end. */
export async function workloadCommand(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    options: {
      browser: { type: 'string', multiple: true, default: [...places] },
      blocks: { type: 'string', default: '2000' },
      transport: { type: 'string', default: 'sluice' },
      ...MEASURING,
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const chosen = plans(values.browser, values.transport, wholeNumber('--blocks', values.blocks))
  await installHelia()
  let ok = true
  for (const plan of chosen) {
    const name = `${plan.where}/${plan.transport}`
    const result = await runWorkload(plan, (text) => console.error(`${name}: ${text}`))
    if (values.json) console.log(JSON.stringify(result))
    else printText(name, result)
    if (values.keep) keep('workload', name, result)
    ok &&= result.ok
  }
  return ok ? 0 : 1
}

/** @throws UsageError */
function plans(names: readonly string[], transport: string, blocks: number): WorkloadPlan[] {
  if (transport !== 'sluice' && transport !== 'stock') {
    throw new UsageError(`--transport takes sluice or stock, not ${transport}`)
  }
  return names.map((name) => {
    const where = places.find((place) => place === name)
    if (where === undefined) throw new UsageError(`--browser takes ${places.join(', ')}, not ${name}`)
    if (where === 'node' && transport === 'stock') {
      throw new UsageError('@libp2p/webtransport does not dial from Node.js')
    }
    return { where, transport, blocks }
  })
}

function printText(name: string, { ok, fetched, served, stalls, streams, goStreams }: WorkloadResult): void {
  console.log(
    resultText(ok, `${name}: ${stalls} stalls`, [
      `fetched ${fetched.blocks} blocks, ${rate(fetched)}, ${silence(fetched)}`,
      `served ${served.blocks} of ${served.asked} blocks, ${rate(served)}, ${silence(served)}`,
      `streams ${JSON.stringify(streams)}, at the Go node ${JSON.stringify(goStreams)}`,
      ...failureLines(fetched.failures),
    ]),
  )
}

function rate({ bytes, milliseconds }: { readonly bytes: number; readonly milliseconds: number }): string {
  return milliseconds === 0 ? '-' : `${(bytes / 1024 ** 2 / (milliseconds / 1000)).toFixed(1)} MiB/s`
}

function silence({ longestSilence }: { readonly longestSilence: number }): string {
  return `longest silence ${Math.round(longestSilence)} ms`
}
