import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { StreamIdleError } from '../errors.ts'
import { finish, send } from './stream-io.ts'

/** A stream whose peer takes nothing: each wait ends only by its signal. */
function stuck(): Stream {
  const wait = ({ signal }: { signal: AbortSignal }): Promise<void> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  return { protocol: '/test', send: () => false, onDrain: wait, close: wait } as unknown as Stream
}

test('a piece and a FIN that are never taken end with an error that says so', async () => {
  await assert.rejects(async () => await send(stuck(), new Uint8Array(1), { idle: 1 }), StreamIdleError)
  await assert.rejects(finish(stuck(), { idle: 1 }), StreamIdleError)
})

test("the caller's reason to give up is thrown as it is", async () => {
  const caller = new AbortController()
  const reason = new RangeError('enough')
  const sending = send(stuck(), new Uint8Array(1), { signal: caller.signal })
  const finishing = finish(stuck(), { signal: caller.signal })
  caller.abort(reason)
  await assert.rejects(async () => await sending, reason)
  await assert.rejects(finishing, reason)
  await assert.rejects(finish(stuck(), { signal: caller.signal }), reason)
})
