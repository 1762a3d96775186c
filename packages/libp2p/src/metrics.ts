import type { CounterGroup, Metrics } from '@libp2p/interface'

/** The same name as that of `@libp2p/webtransport`, so that dashboards go on. */
export function dialerEvents(metrics: Metrics | undefined): CounterGroup | undefined {
  return metrics?.registerCounterGroup('libp2p_webtransport_dialer_events_total', {
    label: 'event',
    help: 'Total count of WebTransport dialer events by type',
  })
}

export function listenerEvents(metrics: Metrics | undefined): CounterGroup | undefined {
  return metrics?.registerCounterGroup('libp2p_webtransport_listener_events_total', {
    label: 'event',
    help: 'Total count of WebTransport listener events by type',
  })
}
