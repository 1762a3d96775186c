import type { Stream } from '@libp2p/interface'

/** What an application does with a stream that it has got, well or badly. What it throws is its own affair. */
export type Way = (stream: Stream, payload: Uint8Array) => Promise<void> | void

async function readToEnd(stream: Stream): Promise<void> {
  for await (const _ of stream);
}

async function send(stream: Stream, payload: Uint8Array): Promise<void> {
  if (!stream.send(payload)) await stream.onDrain()
}

async function exchange(stream: Stream, payload: Uint8Array): Promise<void> {
  const sendAll = async (): Promise<void> => {
    await send(stream, payload)
    await stream.close()
  }
  await Promise.all([readToEnd(stream), sendAll()])
}

/** Streams that an application never lets go of: what is given back only when garbage is collected never comes back. */
const kept: Stream[] = []

/** The ways in which either end of a stream may treat it, by name. */
export const ways = {
  well: exchange,
  keeps: async (stream, payload) => {
    kept.push(stream)
    await exchange(stream, payload)
  },
  drops: () => {},
  'writes and drops': (stream, payload) => void stream.send(payload),
  pauses: (stream, payload) => {
    stream.pause()
    stream.send(payload)
  },
  'never closes': async (stream, payload) => {
    await send(stream, payload)
    await readToEnd(stream)
  },
  'never reads': async (stream, payload) => {
    await send(stream, payload)
    await stream.close()
  },
  'stops reading': async (stream, payload) => {
    await stream.closeRead()
    await send(stream, payload)
    await stream.close()
  },
  'stops and closes': async (stream) => {
    await stream.closeRead()
    await stream.close()
  },
  aborts: (stream) => stream.abort(new Error('aborts')),
  'writes and aborts': async (stream, payload) => {
    await send(stream, payload)
    stream.abort(new Error('writes and aborts'))
  },
  'reads and aborts': async (stream) => {
    for await (const _ of stream) break
    stream.abort(new Error('reads and aborts'))
  },
  'closes twice': async (stream, payload) => {
    await exchange(stream, payload)
    await Promise.all([stream.closeRead(), stream.close(), stream.closeRead()])
    stream.abort(new Error('over already'))
    stream.abort(new Error('over already'))
  },
  throws: () => {
    throw new Error('thrown by the application')
  },
  rejects: async (stream, payload) => {
    await send(stream, payload)
    throw new Error('thrown by the application, later')
  },
} as const satisfies Record<string, Way>

export type WayName = keyof typeof ways

export const wayNames = Object.keys(ways) as readonly WayName[]
