import { setTimeout as pass } from 'node:timers/promises'
import type { AttackName } from './attacks.ts'
import type { Target, Usage } from './messages.ts'
import { FloodProcess } from './process.ts'
import type { FloodCost, FloodRates } from './result.ts'

/** The processes of one round. */
interface Round {
  readonly server: FloodProcess
  readonly victim: FloodProcess
  readonly attacker: FloodProcess
  /** Milliseconds. */
  readonly span: number
}

/**
 * One attack on a server that is new but warm: what it costs while there is nobody else, then what it leaves to an honest
 * client. Quiet spans stand on both sides of the attacked one, so that the machine's own ups and downs weigh on both alike.
 *
 * @throws ChildError
 */
export async function measure(attack: AttackName, span: number): Promise<readonly [FloodCost, FloodRates]> {
  const server = new FloodProcess('server')
  const processes = [server]
  try {
    const target = JSON.stringify(await server.ask<Target>('ready'))
    const victim = new FloodProcess('victim', [target])
    const attacker = new FloodProcess('attacker', [target, attack])
    processes.push(victim, attacker)
    const round: Round = { server, victim, attacker, span }
    await victim.ask('resume')
    await pass(span)
    await victim.ask('pause')
    return [await costs(round), await rates(round)]
  } finally {
    for (const each of processes) each.end()
  }
}

/** The same connections, idle and then attacking. */
async function costs({ server, attacker, span }: Round): Promise<FloodCost> {
  await attacker.ask('connect')
  const begin = await server.ask<Usage>('usage')
  await pass(span)
  const idle = await server.ask<Usage>('usage')
  await attacker.ask('attack')
  await pass(span)
  const end = await server.ask<Usage>('usage')
  const opened = await attacker.ask<number>('opened')
  await attacker.ask('withdraw')
  return {
    opened,
    streams: end.streams,
    granted: end.granted,
    memory: end.resident - idle.resident,
    heap: end.heap - idle.heap,
    cpu: end.cpu - idle.cpu - (idle.cpu - begin.cpu),
  }
}

async function rates(round: Round): Promise<FloodRates> {
  const { server, victim, attacker } = round
  await attacker.ask('connect')
  await victim.ask('resume')
  const before = await rate(round)
  await server.ask('usage')
  await attacker.ask('attack')
  const attacked = await rate(round)
  const { late } = await server.ask<Usage>('usage')
  await attacker.ask('withdraw')
  const after = await rate(round)
  await victim.ask('pause')
  return { quiet: (before + after) / 2, attacked, late }
}

/** Streams a second that the honest client gets through in a span. */
async function rate({ victim, span }: Round): Promise<number> {
  const [before, begin] = [await victim.ask<number>('exchanged'), performance.now()]
  await pass(span)
  return (((await victim.ask<number>('exchanged')) - before) / (performance.now() - begin)) * 1_000
}
