import { CheckFailedError } from '../../errors.ts'
import { Relay } from '../../impairment/relay.ts'
import { contestant } from '../../interop/contestants.ts'
import type { Observation } from '../observation.ts'
import { arrivedAt, faultsOf, worstVerdict } from './received.ts'

/** An end that sends messages and closes the connection behind them. */
export interface LastWordsSetup {
  readonly dialer: string
  readonly listener: string
  readonly closer: 'dialer' | 'listener'
  /** Connections, one after another. */
  readonly rounds: number
  /** Messages on each. */
  readonly messages: number
}

/** Bytes of a message: more than a packet, so that the close can overtake some of it. */
const SIZE = 20_000
/** Milliseconds that each packet takes: what is on its way when the connection closes. */
const DELAY = 15
const WITHIN = 20_000

/** Sends messages and closes the connection at once, over a path that takes its time. */
export async function lastWords(setup: LastWordsSetup): Promise<Observation> {
  const { closer, rounds, messages } = setup
  const ends: (() => Promise<void>)[] = []
  try {
    const [dialing, listening] = [contestant(setup.dialer), contestant(setup.listener)]
    ends.push(async () => await dialing.close())
    const listener = await listening.start('listen')
    ends.push(async () => await listener.stop())
    const dialer = await dialing.start('dial')
    ends.push(async () => await dialer.stop())
    const { address, relay } = await behindRelay(listener.addresses[0])
    ends.push(async () => await relay.close())
    const speaker = closer === 'dialer' ? dialer : listener
    const hearer = closer === 'dialer' ? listener : dialer
    const failures: string[] = []
    for (let round = 0; round < rounds; round += 1) {
      const [opened, closed] = [listener.events.count('connected'), listener.events.count('disconnected')]
      await dialer.request('dial', { address, timeout: WITHIN })
      await listener.events.wait('connected', opened, WITHIN)
      const options = { count: messages, first: round * messages, size: SIZE, timeout: WITHIN }
      await speaker.request('farewell', options).catch((error: unknown) => failures.push(String(error)))
      await listener.events.wait('disconnected', closed, WITHIN)
    }
    const received = await arrivedAt(hearer, rounds * messages)
    const lost = rounds * messages - received.messages
    return {
      verdict: worstVerdict([received, await speaker.request('received', {})]),
      verdictMs: null,
      recoveredMs: null,
      lost,
      end: lost === 0 ? 'flows' : 'never',
      errors: failures.length + faultsOf(received),
      figures: { rounds, messages, received, failures },
    }
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

/** A relay before the address, and the address that goes through it. */
async function behindRelay(address: string | undefined): Promise<{ address: string; relay: Relay }> {
  const target = Number(address?.match(/\/udp\/(\d+)\//)?.[1])
  if (address === undefined || Number.isNaN(target)) throw new CheckFailedError('the listener has no UDP address')
  const relay = await Relay.start({ target, seed: 1, toServer: { delay: DELAY }, toClient: { delay: DELAY } })
  return { address: address.replace(`/udp/${target}/`, `/udp/${relay.port}/`), relay }
}
