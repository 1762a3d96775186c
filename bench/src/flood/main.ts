/**
 * `npm run bench:flood`: what hostile peers cost a server with the limits of a public node, and what is left of the
 * stream rate of an honest one meanwhile. Writes bench/flood.json, or the file named; `--span MS` and `--rounds N` change
 * the length. Exit code 1 when an attack costs more than its bounds.
 */
import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { thisCommit, thisMachine } from '../machine.ts'
import { type AttackName, attacks } from './attacks.ts'
import { beyond, boundsFor, bytes, summary } from './bounds.ts'
import { measure } from './measure.ts'
import type { FloodFigures, FloodResult } from './result.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { span: { type: 'string', default: '6000' }, rounds: { type: 'string', default: '3' } },
})
const [file = fileURLToPath(new URL('../../flood.json', import.meta.url))] = positionals
const span = Number(values.span)
const rounds = Number(values.rounds)

const [load = 0] = loadavg()
const names = Object.keys(attacks) as AttackName[]
const measured = Object.fromEntries(names.map((name) => [name, [] as Awaited<ReturnType<typeof measure>>[]]))
// In turn: a moment in which the machine is busy with something else weighs on no attack alone.
for (let round = 0; round < rounds; round += 1) {
  for (const name of names) measured[name]?.push(await measure(name, span))
}
const figures = names.map((name): FloodFigures => {
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
for (const found of figures) print(found)
const result: FloodResult = {
  format: 'sluice-flood/2',
  date: new Date().toISOString(),
  commit: await thisCommit(),
  machine: thisMachine(),
  load,
  span,
  rounds,
  figures,
}
await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`)
process.exitCode = figures.every((found) => beyond(found).length === 0) ? 0 : 1

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
