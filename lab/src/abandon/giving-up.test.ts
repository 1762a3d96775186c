import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, NewStreamOptions, Stream } from '@libp2p/interface'
import { openAndGiveUp } from './giving-up.ts'

/** A connection whose opens wait until they are given up, and that writes down when they were. */
function waiting() {
  const given: ('before' | 'in the turn' | 'later')[] = []
  const newStream = (_protocol: unknown, { signal }: NewStreamOptions = {}): Promise<Stream> => {
    assert.ok(signal)
    if (signal.aborted) {
      given.push('before')
      return Promise.reject(signal.reason)
    }
    let turn = true
    queueMicrotask(() => {
      turn = false
    })
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        given.push(turn ? 'in the turn' : 'later')
        reject(signal.reason)
      })
    })
  }
  return { given, connection: { newStream } as unknown as Connection }
}

test('opens are given up before the call, in its turn, and later: each in its turn, and all of them', async () => {
  const { given, connection } = waiting()
  for (const turn of [0, 1, 2]) {
    await assert.rejects(openAndGiveUp(connection, '/test', {}, turn), { name: 'AbortError' })
  }
  assert.deepEqual(given, ['before', 'in the turn', 'later'])
})

test('a stream that comes before its open is given up is the opener’s', async () => {
  const stream = {} as Stream
  const connection = { newStream: async () => stream } as unknown as Connection
  assert.equal(await openAndGiveUp(connection, '/test', {}, 3), stream)
})
