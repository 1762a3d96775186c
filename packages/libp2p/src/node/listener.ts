import type { Listener, ListenerEvents } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type Governor, listen, type Server } from '@sluice/webtransport'
import { TypedEventEmitter } from 'main-event'
import type { WebTransportConnection } from '../connection.ts'
import { CannotListenError } from '../errors.ts'
import { acceptSession, type InboundContext } from './inbound.ts'
import { announceCerthashes, bindTo, reachableAddresses } from './listen-address.ts'
import { type NodeWebTransportInit, quicOptions } from './options.ts'
import { answer } from './request.ts'
import { connectionName } from './standing.ts'

/** What listeners of one transport share. */
export interface ListenerContext extends Omit<InboundContext, 'shutdown'> {
  readonly init: NodeWebTransportInit
  readonly governor: Governor
  /** Certhash texts that were ever put into announce addresses. */
  readonly announced: Set<string>
}

/** Listens on one address; js-libp2p makes one listener for each. */
export class WebTransportListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #context: ListenerContext
  readonly #shutdown = new AbortController()
  readonly #connections = new Set<WebTransportConnection>()
  #binding: Promise<Server> | undefined
  #bound: { readonly address: Multiaddr; readonly server: Server } | undefined
  #endRotation: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(context: ListenerContext) {
    super()
    this.#context = context
  }

  /** @throws CannotListenError, the engine's errors (`ERR_ADDRESS_IN_USE`, ...) */
  async listen(address: Multiaddr): Promise<void> {
    if (this.#binding !== undefined || this.#closing !== undefined) {
      throw new CannotListenError('a listener listens once; make another')
    }
    const { certificates, admission, init, governor, metrics, log } = this.#context
    const events = metrics.listenerEvents
    const target = bindTo(address)
    this.#binding = listen({
      ...quicOptions(init, governor),
      ...(init.sessionFlowControl === undefined ? {} : { sessionFlowControl: init.sessionFlowControl }),
      ...target,
      certificate: certificates.current,
      maxConnections: admission.limits.maxConnections,
      handler: (request) => {
        const given = answer(request, admission)
        if (!given.accept) events?.increment({ [`refused_${given.status}`]: true })
        return given
      },
      onSession: (session, { path }) => {
        events?.increment({ session: true })
        this.#accepted(
          acceptSession(session, connectionName(path), { ...this.#context, shutdown: this.#shutdown.signal }),
        )
      },
    })
    const server = await this.#binding
    if (this.#closing !== undefined) throw new CannotListenError('the listener was closed while it was binding')
    this.#bound = { address, server }
    this.#endRotation = certificates.onChange(() => this.#rotate(server))
    // The certificate may have changed while the socket was bound.
    server.setCertificate(certificates.current)
    log('listening on %a port %d', address, server.address.port)
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    if (this.#bound === undefined) return []
    const { address, server } = this.#bound
    return reachableAddresses(address, server.address.port, this.#context.certificates.advertised)
  }

  updateAnnounceAddrs(addresses: Multiaddr[]): void {
    announceCerthashes(addresses, this.#context.certificates.advertised, this.#context.announced)
  }

  /** Closes every connection in order, then the socket. `close` is dispatched in a later turn, never at once. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#endRotation?.()
    const server = await this.#binding?.catch(() => undefined)
    server?.drain()
    await Promise.all([...this.#connections].map((connection) => connection.close()))
    this.#shutdown.abort(new CannotListenError('the listener is closing'))
    await server?.close()
    this.#bound = undefined
    await Promise.resolve()
    this.safeDispatchEvent('close')
  }

  #accepted(connection: WebTransportConnection): void {
    if (this.#closing !== undefined) {
      connection.abort(new CannotListenError('the listener is closing'))
      return
    }
    this.#connections.add(connection)
    connection.addEventListener('close', () => this.#connections.delete(connection), { once: true })
  }

  /** Connections that stand keep their certificate; who dials from now on gets the new one and needs its hash. */
  #rotate(server: Server): void {
    server.setCertificate(this.#context.certificates.current)
    this.#context.metrics.listenerEvents?.increment({ certificate: true })
    this.safeDispatchEvent('listening')
  }
}
