/** `npm run bench`: Sluice and its peers side by side. See `--help`. */
import { readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { runCommand } from './command-line.ts'
import { type Contender, contenders } from './contenders.ts'
import { UsageError } from './errors.ts'
import { buildGoPeers } from './go.ts'
import { thisCommit, thisMachine } from './machine.ts'
import { fullScale, type Measure, measures, quickScale } from './measures.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { topFunctions } from './profile.ts'
import { Progress } from './progress.ts'
import type { Result } from './result.ts'
import { measureAll } from './rounds.ts'
import { terminalReport } from './terminal.ts'

await runCommand(bench)

async function bench(args: readonly string[], signal: AbortSignal): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const chosenMeasures = measures.filter(({ name }) => isChosen(options.measures, (wanted) => wanted === name))
  const chosen = contenders.filter(
    ({ name, layer }) =>
      isChosen(options.only, (prefix) => name.startsWith(prefix)) &&
      chosenMeasures.some(({ layers }) => layers.includes(layer)),
  )
  if (chosen.length === 0) throw new UsageError('there is nothing to measure: these measures are not taken of these')
  await buildGoPeers(goCommands(chosen), signal)
  const result = await measure(options, chosen, chosenMeasures, signal)
  process.stdout.write(terminalReport(result))
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`)
  if (options.profile !== undefined) await printProfiles(resolve(options.profile))
  return result.series.some(({ error }) => error !== undefined) ? 1 : 0
}

async function measure(
  options: Options,
  chosen: readonly Contender[],
  chosenMeasures: readonly Measure[],
  signal: AbortSignal,
): Promise<Result> {
  const plan = {
    contenders: chosen,
    measures: chosenMeasures,
    rounds: options.rounds,
    scale: options.quick ? quickScale : fullScale,
    profiles: options.profile === undefined ? undefined : resolve(options.profile),
  }
  const date = new Date().toISOString()
  const { series, versions } = await measureAll(plan, new Progress(), signal)
  return {
    format: 'sluice-bench/1',
    date,
    commit: await thisCommit(),
    machine: thisMachine(),
    versions: { ...versions, node: process.version },
    quick: options.quick,
    profiled: options.profile !== undefined,
    rounds: plan.rounds,
    scale: plan.scale,
    series,
  }
}

function isChosen(wanted: readonly string[], fits: (name: string) => boolean): boolean {
  return wanted.length === 0 || wanted.some(fits)
}

function goCommands(chosen: readonly Contender[]): string[] {
  return chosen.flatMap(({ program }) => (program.kind === 'go' ? [program.command] : []))
}

async function printProfiles(folder: string): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort()) {
    process.stdout.write(`\n${file}\n${await topFunctions(join(folder, file), 25)}\n`)
  }
}
