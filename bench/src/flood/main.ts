/**
 * `npm run bench:flood`: what hostile peers cost a server with the limits of a public node, and what is left of the
 * stream rate of an honest one meanwhile. Quiet and attacked spans alternate, so that the machine's own ups and downs
 * weigh on both alike. Writes bench/flood.json, or the file named; `--span MS` and `--rounds N` change the length.
 */
import { writeFile } from 'node:fs/promises'
import { setTimeout as pass } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { thisCommit, thisMachine } from '../machine.ts'
import { type AttackName, attacks } from './attacks.ts'
import type { Target, Usage } from './messages.ts'
import { FloodProcess } from './process.ts'
import { bytes, type FloodFigures, type FloodResult } from './result.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { span: { type: 'string', default: '3000' }, rounds: { type: 'string', default: '3' } },
})
const [file = fileURLToPath(new URL('../../flood.json', import.meta.url))] = positionals
const span = Number(values.span)
const rounds = Number(values.rounds)

/** A span of the victim's work: streams a second. */
async function rate(victim: FloodProcess): Promise<number> {
  const [before, begin] = [await victim.ask<number>('exchanged'), performance.now()]
  await pass(span)
  return (((await victim.ask<number>('exchanged')) - before) / (performance.now() - begin)) * 1_000
}

async function measure(name: AttackName): Promise<FloodFigures> {
  const server = new FloodProcess('server')
  const processes = [server]
  try {
    const target = JSON.stringify(await server.ask<Target>('ready'))
    const victim = new FloodProcess('victim', [target])
    const attacker = new FloodProcess('attacker', [target, name])
    processes.push(victim, attacker)
    await rate(victim)
    const quiet: number[] = []
    const attacked: number[] = []
    let [memory, cpu, quietCpu, granted, streams, late, opened] = [0, 0, 0, 0, 0, 0, 0]
    for (let round = 0; round < rounds; round += 1) {
      const calm = await server.ask<Usage>('usage')
      quiet.push(await rate(victim))
      const begin = await server.ask<Usage>('usage')
      const openedBefore = await attacker.ask<number>('attacked')
      await attacker.ask('attack')
      attacked.push(await rate(victim))
      const end = await server.ask<Usage>('usage')
      opened += (await attacker.ask<number>('withdraw')) - openedBefore
      memory = Math.max(memory, end.memory - begin.memory)
      quietCpu += begin.cpu - calm.cpu
      cpu += end.cpu - begin.cpu
      granted = Math.max(granted, end.granted)
      streams = Math.max(streams, end.streams)
      late = Math.max(late, end.late)
      await pass(span / 2)
    }
    const sum = (rates: readonly number[]) => rates.reduce((total, each) => total + each, 0)
    return {
      attack: name,
      title: attacks[name].title,
      connections: attacks[name].connections,
      opened: Math.round(opened / rounds),
      streams,
      granted,
      memory,
      cpu: cpu / rounds,
      quietCpu: quietCpu / rounds,
      late,
      quiet: sum(quiet) / rounds,
      attacked: sum(attacked) / rounds,
      kept: sum(attacked) / sum(quiet),
    }
  } finally {
    for (const each of processes) each.end()
  }
}

const figures: FloodFigures[] = []
for (const name of Object.keys(attacks) as AttackName[]) {
  const found = await measure(name)
  figures.push(found)
  console.log(
    `${found.title}: the other keeps ${(found.kept * 100).toFixed(0)} % of ${found.quiet.toFixed(0)} streams/s; ` +
      `${found.opened} streams opened on ${found.connections} connections, ${found.streams} alive at most, ` +
      `${bytes(found.memory)} of memory, ${found.cpu.toFixed(2)} s of CPU (${found.quietCpu.toFixed(2)} s without), ` +
      `timers ${found.late.toFixed(0)} ms late at most`,
  )
}
const result: FloodResult = {
  format: 'sluice-flood/1',
  date: new Date().toISOString(),
  commit: await thisCommit(),
  machine: thisMachine(),
  span,
  rounds,
  figures,
}
await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`)
process.exitCode = figures.every(({ kept }) => kept >= 0.8) ? 0 : 1
