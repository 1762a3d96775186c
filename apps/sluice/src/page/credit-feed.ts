import type { Connection } from '@libp2p/interface'
import type { CreditLayer, CreditSnapshot, Millis, Verdict } from '@sluice/credit'
import { webTransportCredit, webTransportSession } from '@sluice/libp2p'
import type { ConnectionReport } from '../serve/connection-report.ts'
import type { BothCredits } from './report.ts'

/** How often the page looks at its own count. */
const OWN_EVERY: Millis = 250

/** Longest wait for the last streams to be given back at both ends. */
const LONGEST_SETTLE: Millis = 5000

/** The live credit of one connection, as both of its ends count it. */
export class CreditFeed {
  readonly #connection: Connection
  readonly #events: EventSource
  readonly #timer: ReturnType<typeof setInterval>
  readonly #unlisten: (() => void) | undefined
  #node: CreditSnapshot | null = null
  #nodeVerdict: Verdict | null = null
  #listeners = new Set<() => void>()

  /** @param peerId our own peer id, by which the node's account of this connection is found */
  constructor(connection: Connection, peerId: string) {
    this.#connection = connection
    this.#events = new EventSource(`/credit?peer=${encodeURIComponent(peerId)}`)
    this.#events.addEventListener('message', (event: MessageEvent<string>) => {
      const { connections } = JSON.parse(event.data) as { connections: ConnectionReport[] }
      // A connection that is gone leaves its last account in view.
      this.#node = connections[0]?.credit ?? this.#node
      this.#nodeVerdict = connections[0]?.verdict ?? null
      this.#tell()
    })
    this.#unlisten = webTransportSession(connection)?.onVerdict(() => this.#tell())
    this.#timer = setInterval(() => this.#tell(), OWN_EVERY)
  }

  get now(): BothCredits {
    const page = webTransportCredit(this.#connection) ?? null
    const verdicts = { page: webTransportSession(this.#connection)?.verdict ?? null, node: this.#nodeVerdict }
    return { page, node: this.#node, verdicts, settled: isSettled(page, 'quic') && isSettled(this.#node, 'session') }
  }

  /** Calls `listener` several times a second while the feed is open. */
  listen(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /** Both credits once no stream is alive at either end, or as they are after five seconds. */
  async settle(): Promise<BothCredits> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, LONGEST_SETTLE)
    const look = () => this.now.settled && resolve()
    this.#listeners.add(look)
    look()
    await promise
    clearTimeout(timer)
    this.#listeners.delete(look)
    return this.now
  }

  close(): void {
    this.#events.close()
    clearInterval(this.#timer)
    this.#unlisten?.()
    this.#listeners.clear()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** Whether no stream of this layer is alive. At the node it is the session's: QUIC's has the live CONNECT stream too. */
function isSettled(credit: CreditSnapshot | null, layer: CreditLayer): boolean {
  return credit?.accounts.every((account) => account.layer !== layer || account.live === 0) ?? false
}
