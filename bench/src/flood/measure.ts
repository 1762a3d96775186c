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
  /** An interruption. */
  readonly signal: AbortSignal
}

/**
 * One attack on a server that is new but warm: what it costs while there is nobody else, then what it leaves to an honest
 * client. Quiet spans stand on both sides of the attacked one, so that the machine's own ups and downs weigh on both alike.
 *
 * @throws ChildError, the reason of an interruption
 */
export async function measure(
  attack: AttackName,
  span: number,
  signal: AbortSignal,
): Promise<readonly [FloodCost, FloodRates]> {
  const server = new FloodProcess('server', [], signal)
  const processes = [server]
  try {
    const target = JSON.stringify(await server.ask<Target>('ready'))
    const victim = new FloodProcess('victim', [target], signal)
    const attacker = new FloodProcess('attacker', [target, attack], signal)
    processes.push(victim, attacker)
    const round: Round = { server, victim, attacker, span, signal }
    await victim.ask('resume')
    await pass(span, undefined, { signal })
    await victim.ask('pause')
    return [await costs(round), await rates(round)]
  } finally {
    await Promise.all(processes.map((each) => each.end()))
  }
}

/** The same connections, idle and then attacking. */
async function costs({ server, attacker, span, signal }: Round): Promise<FloodCost> {
  await attacker.ask('connect')
  const begin = await server.ask<Usage>('usage')
  await pass(span, undefined, { signal })
  const idle = await server.ask<Usage>('usage')
  await attacker.ask('attack')
  await pass(span, undefined, { signal })
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
async function rate({ victim, span, signal }: Round): Promise<number> {
  const [before, begin] = [await victim.ask<number>('exchanged'), performance.now()]
  await pass(span, undefined, { signal })
  return (((await victim.ask<number>('exchanged')) - before) / (performance.now() - begin)) * 1_000
}
