import {
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type MultiaddrFilter,
  type Startable,
  serviceCapabilities,
  type Transport,
  transportSymbol,
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { connect, Governor } from '@sluice/webtransport'
import { type DialContext, dial } from '../dial.ts'
import { dialFilter, listenFilter } from '../filters.ts'
import { registerListenerMetrics, registerMetrics } from '../metrics.ts'
import type { WebTransportComponents, WebTransportDialEvents } from '../types.ts'
import { Admission } from './admission.ts'
import { GivenCertificates } from './certificates/given.ts'
import { RotatingCertificates } from './certificates/rotating.ts'
import type { CertificateSource } from './certificates/source.ts'
import { learnFromIdentify } from './identified.ts'
import { type ListenerContext, WebTransportListener } from './listener.ts'
import { type NodeWebTransportInit, quicOptions } from './options.ts'
import { StandingConnections } from './standing.ts'
import { refuseUnwanted } from './unwanted.ts'

/** The WebTransport transport of js-libp2p on Node.js: listens and dials. */
export class WebTransportTransport implements Transport<WebTransportDialEvents>, Startable {
  readonly [Symbol.toStringTag] = '@sluice/libp2p'
  readonly [transportSymbol] = true
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport']
  readonly dialFilter: MultiaddrFilter = dialFilter
  readonly listenFilter: MultiaddrFilter = listenFilter
  /** Grants stream credit to all peers of this transport. */
  readonly governor: Governor
  readonly #certificates: CertificateSource
  readonly #dial: DialContext
  readonly #components: WebTransportComponents
  readonly #listen: Omit<ListenerContext, 'upgrader'>
  #unlearn: (() => void) | undefined

  /** @param certificates default: as `init.certificates` says, else derived from the node's key */
  constructor(components: WebTransportComponents, init: NodeWebTransportInit, certificates?: CertificateSource) {
    this.#components = components
    this.governor = init.governor instanceof Governor ? init.governor : new Governor(init.governor)
    this.#certificates = certificates ?? certificateSource(components, init)
    const metrics = registerMetrics(components.metrics)
    const log = components.logger.forComponent('libp2p:webtransport')
    this.#dial = {
      components,
      init,
      log,
      metrics,
      openSession: async ({ url, certhashes }, signal) => {
        const serverCertificateHashes = certhashes.map((hash) => hash.digest)
        const session = await connect(url, {
          ...quicOptions(init, this.governor),
          ...(init.sessionFlowControl === undefined ? {} : { sessionFlowControl: init.sessionFlowControl }),
          serverCertificateHashes,
          signal,
        })
        refuseUnwanted(session)
        return session
      },
    }
    this.#listen = {
      components,
      init,
      governor: this.governor,
      log: log.newScope('listener'),
      metrics: { ...metrics, listenerEvents: registerListenerMetrics(components.metrics) },
      certificates: this.#certificates,
      admission: new Admission(init.admission),
      announced: new Set(),
      standing: new StandingConnections(),
    }
  }

  /** Certificates begin to change with the time, and what identify brings is heard. */
  start(): void {
    this.#certificates.start()
    this.#unlearn ??= learnFromIdentify(this.#components)
  }

  stop(): void {
    this.#certificates.stop()
    this.#unlearn?.()
    this.#unlearn = undefined
  }

  /** @throws see `dial` in `dial.ts` */
  dial(address: Multiaddr, options: DialTransportOptions<WebTransportDialEvents>): Promise<Connection> {
    return dial(address, options, this.#dial)
  }

  createListener(options: CreateListenerOptions): Listener {
    return new WebTransportListener({ ...this.#listen, upgrader: options.upgrader })
  }
}

function certificateSource(components: WebTransportComponents, init: NodeWebTransportInit): CertificateSource {
  return init.certificates === undefined
    ? new RotatingCertificates(components.privateKey)
    : new GivenCertificates(init.certificates)
}
