import type { HotCalls, NativeEndpoint, NativeEndpointOptions } from './native.ts'

/** What works for an endpoint: a thread with a socket, or a virtual network. */
export interface EndpointHost {
  readonly hot: HotCalls
  /** @param announce called when events wait to be drained */
  bind(options: NativeEndpointOptions, announce: () => void): NativeEndpoint
  /** Tells the endpoint the time, before a call that needs it. */
  tick(): void
  /** The endpoint has stopped; nothing more comes. */
  stopped(native: NativeEndpoint): void
}
