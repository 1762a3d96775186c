/** `npm run bench:flood`: what hostile peers cost a server, and what they leave to an honest one. See `--help`. */
import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { runCommand } from '../command-line.ts'
import { thisCommit, thisMachine } from '../machine.ts'
import { Progress } from '../progress.ts'
import { type AttackName, attacks } from './attacks.ts'
import { beyond, boundsFor, bytes, summary } from './bounds.ts'
import { measure } from './measure.ts'
import { type FloodOptions, parseFloodOptions, usage } from './options.ts'
import type { FloodFigures, FloodResult } from './result.ts'

await runCommand(flood)

async function flood(args: readonly string[], signal: AbortSignal): Promise<number> {
  const options = parseFloodOptions(args)
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const [load = 0] = loadavg()
  const figures = await measureAll(options, signal)
  for (const found of figures) print(found)
  if (options.json !== undefined) {
    const result: FloodResult = {
      format: 'sluice-flood/2',
      date: new Date().toISOString(),
      commit: await thisCommit(),
      machine: thisMachine(),
      load,
      span: options.span,
      rounds: options.rounds,
      figures,
    }
    await writeFile(options.json, `${JSON.stringify(result, undefined, 2)}\n`)
  }
  return figures.every((found) => beyond(found).length === 0) ? 0 : 1
}

/** @throws ChildError, the signal's reason */
async function measureAll({ span, rounds }: FloodOptions, signal: AbortSignal): Promise<FloodFigures[]> {
  const names = Object.keys(attacks) as AttackName[]
  const measured = Object.fromEntries(names.map((name) => [name, [] as Awaited<ReturnType<typeof measure>>[]]))
  const progress = new Progress()
  try {
    // In turn: a moment in which the machine is busy with something else weighs on no attack alone.
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of names) {
        progress.now(`round ${round} of ${rounds}: ${attacks[name].title}`)
        measured[name]?.push(await measure(name, span, signal))
      }
    }
  } finally {
    progress.end()
  }
  return names.map((name) => {
    const { title, connections } = attacks[name]
    const taken = measured[name] ?? []
    return {
      attack: name,
      title,
      connections,
      costs: taken.map(([cost]) => cost),
      rates: taken.map(([, rate]) => rate),
      bounds: boundsFor(connections),
    }
  })
}

function print(found: FloodFigures): void {
  const { opened, streams, memory, heap, cpuPerStream, late, quiet, kept } = summary(found)
  const missed = beyond(found)
  console.log(
    `${missed.length === 0 ? 'ok    ' : 'NOT OK'} ${found.title}: ${opened} streams opened on ${found.connections} connections, ` +
      `${streams} alive; ${bytes(memory)} of memory (at most ${bytes(found.bounds.memory)}), ${bytes(heap)} of it heap; ` +
      `${(cpuPerStream * 1e6).toFixed(1)} µs of CPU a stream; the other keeps ${(kept * 100).toFixed(0)} % of ${quiet.toFixed(0)} ` +
      `streams/s, timers ${late.toFixed(0)} ms late at most`,
  )
  for (const what of missed) console.log(`       beyond its bound: ${what}`)
}
