import type { PeerId } from '@libp2p/interface'
import { CONNECTION_PARAMETER } from '../address.ts'
import type { ListenerRecovery } from '../recovery/listener-recovery.ts'

/** The form of `crypto.randomUUID()`, which is all that a name may be. */
const NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** How the client names the connection that a session is for; undefined when it names none. */
export function connectionName(path: string): string | undefined {
  const name = URL.parse(path, 'https://here')?.searchParams.get(CONNECTION_PARAMETER) ?? ''
  return NAME.test(name) ? name : undefined
}

/**
 * The inbound connections that stand, by peer and the name that the peer gave. The name is no secret and proves
 * nothing: it only tells the connections of one peer apart, and which peer it is Noise has proven.
 */
export class StandingConnections {
  readonly #recoveries = new Map<string, ListenerRecovery>()

  get(peer: PeerId, name: string): ListenerRecovery | undefined {
    return this.#recoveries.get(`${peer} ${name}`)
  }

  /** A connection begins; the function that comes back says that it is over. */
  add(peer: PeerId, name: string, recovery: ListenerRecovery): () => void {
    const key = `${peer} ${name}`
    this.#recoveries.set(key, recovery)
    return () => {
      if (this.#recoveries.get(key) === recovery) this.#recoveries.delete(key)
    }
  }
}
