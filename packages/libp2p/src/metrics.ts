import type { CounterGroup, Metrics } from '@libp2p/interface'
import type { ListenerMetrics, WebTransportMetrics } from './types.ts'

/** Registers what this transport counts; every entry is undefined where the node has no metrics. */
export function registerMetrics(metrics: Metrics | undefined): WebTransportMetrics {
  return {
    dialerEvents: register(metrics, 'dialer_events', 'event', 'dialer events'),
    recovery: register(metrics, 'recovery', 'step', 'recovery steps'),
    // js-libp2p counts what flows through the connection object, and here nothing does.
    streamBytes: register(metrics, 'stream_bytes', 'direction', 'stream bytes'),
  }
}

/** The same for an end that listens. */
export function registerListenerMetrics(metrics: Metrics | undefined): ListenerMetrics['listenerEvents'] {
  return register(metrics, 'listener_events', 'event', 'listener events')
}

/** Names go on from those of `@libp2p/webtransport`, so that dashboards do too. */
function register(
  metrics: Metrics | undefined,
  name: string,
  label: string,
  counted: string,
): CounterGroup | undefined {
  return metrics?.registerCounterGroup(`libp2p_webtransport_${name}_total`, {
    label,
    help: `Total count of WebTransport ${counted}`,
  })
}
