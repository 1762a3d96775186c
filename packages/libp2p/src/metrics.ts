import type { Metrics } from '@libp2p/interface'
import type { WebTransportMetrics } from './types.ts'

/** Registers what this transport counts; every entry is undefined where the node has no metrics. */
export function registerMetrics(metrics: Metrics | undefined): WebTransportMetrics {
  return {
    // The name that `@libp2p/webtransport` uses, so that dashboards go on.
    dialerEvents: metrics?.registerCounterGroup('libp2p_webtransport_dialer_events_total', {
      label: 'event',
      help: 'Total count of WebTransport dialer events by type',
    }),
    listenerEvents: metrics?.registerCounterGroup('libp2p_webtransport_listener_events_total', {
      label: 'event',
      help: 'Total count of WebTransport listener events by type',
    }),
    recovery: metrics?.registerCounterGroup('libp2p_webtransport_recovery_total', {
      label: 'step',
      help: 'Total count of steps taken to recover WebTransport connections that stall',
    }),
    // js-libp2p counts what flows through the connection object, and here nothing does.
    streamBytes: metrics?.registerCounterGroup('libp2p_webtransport_stream_bytes_total', {
      label: 'direction',
      help: 'Total bytes of WebTransport streams, sent and received',
    }),
  }
}
