import { type SessionProcess, startSessionProcess } from '../session/process.ts'
import type { SoakEnd, SoakPair } from './pair.ts'

const startWithin = 20_000

/** Two processes of ours and a WebTransport session, nothing of libp2p. */
export async function sessionPair(): Promise<SoakPair> {
  const listener = startSessionProcess(['serve'])
  const listening = await listener.started('listening', startWithin)
  if (listening.event !== 'listening') throw new RangeError('the first line of a server is where it listens')
  const { port, certificateHash } = listening
  const dialer = startSessionProcess(['dial', `https://127.0.0.1:${port}/soak`, certificateHash])
  try {
    await dialer.started('connected', startWithin)
    await listener.started('connected', startWithin)
  } catch (error) {
    await Promise.all([dialer.kill(), listener.kill()])
    throw error
  }
  return {
    ends: [sessionEnd('dialer', dialer), sessionEnd('listener', listener)],
    close: async () => {
      await dialer.stop()
      await listener.stop()
    },
  }
}

export function sessionEnd(name: string, peer: SessionProcess): SoakEnd {
  return {
    name,
    streams: async (options) => await peer.request('streams', options),
    memory: async () => await peer.request('memory', {}),
    live: async () => {
      const { accounts } = await peer.request('credit', {})
      return accounts.reduce((sum, { layer, live }) => sum + (layer === 'session' ? live : 0), 0)
    },
  }
}
