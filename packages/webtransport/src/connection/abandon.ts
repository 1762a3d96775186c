import type { Stream } from '@sluice/engine'

/** Ends both halves of a stream that nobody will use, so that its credit goes back (RFC 9000, 3.4 and 4.6). */
export function abandon(stream: Stream, httpCode: number): void {
  stream.events = {}
  const { kind, opener } = stream
  if (kind === 'bidi' || opener === 'us') stream.reset(httpCode)
  if (kind === 'bidi' || opener === 'them') stream.stopSending(httpCode)
}
