import type { AccountSnapshot, Opener } from '@sluice/credit'
import type { DataStream } from '../session/data-stream.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import type { SessionStream } from '../session.ts'

/** The connection's account of bidirectional streams of one opener. */
export function quicAccount(session: WebTransportSession, opener: Opener): AccountSnapshot {
  const account = session.credit.accounts.find(
    (candidate) => candidate.layer === 'quic' && candidate.kind === 'bidi' && candidate.opener === opener,
  )
  if (account === undefined) throw new RangeError('no such account')
  return account
}

/** Opens until an open would have to wait. */
export function openAll(session: WebTransportSession): DataStream[] {
  const streams: DataStream[] = []
  for (let stream = session.tryOpen('bidi'); stream !== undefined; stream = session.tryOpen('bidi'))
    streams.push(stream)
  return streams
}

/** Ends both halves in order, whatever comes: nothing more is said, and nothing more is read. */
export function letGo(stream: SessionStream): void {
  stream.finish()
  stream.stopSending(0)
}
