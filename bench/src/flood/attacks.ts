import type { Stream } from '@sluice/engine'
import { requestSize } from '../peers/exchange.ts'
import type { RawSession } from './raw-session.ts'

export interface Attack {
  readonly title: string
  readonly connections: number
  /** Uses up the credit that there is; how many streams that were. Called again whenever there is more. */
  readonly strike: (session: RawSession) => number
}

const REQUEST = new Uint8Array(requestSize)

/** What hostile peers do with their credit. */
export const attacks = {
  'open-and-reset': {
    title: 'open and reset',
    connections: 4,
    strike: ({ connection, header }) =>
      openAll(connection, (stream) => {
        stream.write(header)
        stream.reset(0)
      }),
  },
  'never-finished': {
    title: 'requests whose half never ends',
    connections: 64,
    strike: ({ connection, header }) =>
      openAll(connection, (stream) => {
        stream.write(header)
        stream.write(REQUEST)
      }),
  },
  'nothing-sent': {
    title: 'streams that bring nothing',
    connections: 64,
    strike: ({ connection, header }) => openAll(connection, (stream) => stream.write(header)),
  },
  'highest-id': {
    title: 'one frame on the highest stream id',
    connections: 64,
    strike: ({ connection, header }) => {
      let last: Stream | undefined
      const opened = openAll(connection, (stream) => {
        last = stream
      })
      last?.write(header)
      return opened
    },
  },
} satisfies Record<string, Attack>

export type AttackName = keyof typeof attacks

function openAll(connection: RawSession['connection'], use: (stream: Stream) => void): number {
  let opened = 0
  for (let stream = connection.openStream('bidi'); stream !== undefined; stream = connection.openStream('bidi')) {
    // No answer to anything, and no memory of it either.
    stream.events = {}
    use(stream)
    opened += 1
  }
  return opened
}
