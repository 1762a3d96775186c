import {
  type Connection,
  type DialTransportOptions,
  type Listener,
  type MultiaddrFilter,
  serviceCapabilities,
  type Transport,
  transportSymbol,
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type DialContext, dial } from '../dial.ts'
import { CannotListenError } from '../errors.ts'
import { dialFilter } from '../filters.ts'
import { registerMetrics } from '../metrics.ts'
import type { WebTransportComponents, WebTransportDialEvents, WebTransportInit } from '../types.ts'
import { connect } from './connect.ts'

const INCOMING_STREAMS = 256

/** The WebTransport transport of js-libp2p in a browser: dials. */
export class WebTransportTransport implements Transport<WebTransportDialEvents> {
  readonly [Symbol.toStringTag] = '@sluice/libp2p'
  readonly [transportSymbol] = true
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport']
  /** Nothing can be dialled where there is no `WebTransport`. */
  readonly dialFilter: MultiaddrFilter = (addresses) =>
    globalThis.WebTransport === undefined ? [] : dialFilter(addresses)
  readonly listenFilter: MultiaddrFilter = () => []
  readonly #dial: DialContext

  constructor(components: WebTransportComponents, init: WebTransportInit) {
    this.#dial = {
      components,
      init,
      log: components.logger.forComponent('libp2p:webtransport'),
      metrics: registerMetrics(components.metrics),
      openSession: (target, signal) => connect(target, signal, init.maxInboundStreams ?? INCOMING_STREAMS),
    }
  }

  /** @throws see `dial` in `dial.ts` */
  dial(address: Multiaddr, options: DialTransportOptions<WebTransportDialEvents>): Promise<Connection> {
    return dial(address, options, this.#dial)
  }

  /** @throws CannotListenError always */
  createListener(): Listener {
    throw new CannotListenError('a browser cannot listen; run this transport on Node.js for that')
  }
}
