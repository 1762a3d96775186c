import type { Session } from '@sluice/webtransport'

/** What an application does that opens streams of the session itself, below libp2p; the other end sees strange ones. */
export const rawWays = {
  'raw: resets at once': async (session) => {
    const stream = await session.openStream()
    stream.reset(0)
    stream.stopSending(0)
  },
  'raw: resets its half alone': async (session) => {
    const stream = await session.openStream()
    stream.write(Uint8Array.of(1))
    stream.reset(1)
    readAway(stream)
  },
  'raw: stops at once and finishes': async (session) => {
    const stream = await session.openStream()
    stream.stopSending(0)
    stream.finish()
  },
  'raw: finishes at once': async (session) => {
    const stream = await session.openStream()
    stream.finish()
    readAway(stream)
  },
} as const satisfies Record<string, (session: Session) => Promise<void>>

export type RawWayName = keyof typeof rawWays

export const rawWayNames = Object.keys(rawWays) as readonly RawWayName[]

/** An end that arrives and that nobody reads is no end. */
function readAway(stream: Awaited<ReturnType<Session['openStream']>>): void {
  const readable = (): void => {
    while (stream.read() !== undefined);
  }
  stream.events = { readable }
  readable()
}
