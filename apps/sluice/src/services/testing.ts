import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import type { ServiceComponents } from './service.ts'

type Service = ReturnType<typeof import('./service.ts').protocolService>

/** Two ends of one connection in memory; each answers the protocols of its own services. */
export interface ConnectionPair {
  readonly ours: Connection
  readonly theirs: Connection
  /** Streams opened so far, by either end: the opener's half first. */
  readonly streams: Array<readonly [Stream, Stream]>
}

/** Connects two ends whose services answer each other over streams in memory. */
export async function connect(services: { ours?: Service[]; theirs?: Service[] }): Promise<ConnectionPair> {
  const streams: ConnectionPair['streams'] = []
  const [ourHandlers, theirHandlers] = await Promise.all([register(services.ours), register(services.theirs)])
  const open = async (protocol: string | string[], handlers: Map<string, StreamHandler>, other: () => Connection) => {
    const name = String(protocol)
    const [outbound, inbound] = await streamPair()
    outbound.protocol = name
    inbound.protocol = name
    streams.push([outbound, inbound])
    const handler = handlers.get(name)
    if (handler === undefined) throw new Error(`nothing answers ${name}`)
    Promise.resolve(handler(inbound, other())).catch((error: Error) => inbound.abort(error))
    return outbound
  }
  const ours = { newStream: (name: string) => open(name, theirHandlers, () => theirs) } as unknown as Connection
  const theirs = { newStream: (name: string) => open(name, ourHandlers, () => ours) } as unknown as Connection
  return { ours, theirs, streams }
}

async function register(services: Service[] = []): Promise<Map<string, StreamHandler>> {
  const handlers = new Map<string, StreamHandler>()
  const registrar = {
    handle: async (protocol: string, handler: StreamHandler) => {
      handlers.set(protocol, handler)
    },
  }
  for (const service of services) await service({ registrar } as unknown as ServiceComponents).start()
  return handlers
}
