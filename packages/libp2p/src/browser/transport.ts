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
import { profileOfRuntime } from '@sluice/credit'
import { CustomProgressEvent } from 'progress-events'
import { type DialContext, dial } from '../dial.ts'
import { CannotListenError } from '../errors.ts'
import { dialFilter } from '../filters.ts'
import { registerMetrics } from '../metrics.ts'
import type { WebTransportComponents, WebTransportDialEvents, WebTransportInit } from '../types.ts'
import { connect } from './connect.ts'
import { DialThrottle } from './dial-throttle.ts'

const INCOMING_STREAMS = 256

/** The browser counts the dials of a page, whichever transport makes them. */
const throttle =
  profileOfRuntime(globalThis.navigator?.userAgent).strategy.dials === 'throttled'
    ? new DialThrottle(() => performance.now())
    : undefined

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
    const log = components.logger.forComponent('libp2p:webtransport')
    this.#dial = {
      components,
      init,
      log,
      metrics: registerMetrics(components.metrics),
      openSession: (target, signal, onProgress) =>
        connect(target, signal, {
          incomingStreams: init.maxInboundStreams ?? INCOMING_STREAMS,
          throttle,
          onHeldBack: (hold) => {
            log('the browser holds a dial back: %o', hold)
            onProgress?.(new CustomProgressEvent('webtransport:held-back', hold))
          },
        }),
    }
  }

  /** @throws see `dial` in `dial.ts` */
  dial(address: Multiaddr, options: DialTransportOptions<WebTransportDialEvents>): Promise<Connection> {
    return dial(address, options, this.#dial)
  }

  /** @throws CannotListenError always */
  createListener(): Listener {
    throw new CannotListenError('a browser cannot listen: Node.js can')
  }
}
