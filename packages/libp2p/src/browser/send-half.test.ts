import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamCode } from '@sluice/webtransport'
import { FakeWebTransportError } from '../testing/fake-web-transport.ts'
import { until } from '../testing/streams.ts'
import { SendHalf } from './send-half.ts'

function half(sink: UnderlyingSink<Uint8Array>) {
  const seen = { writable: 0, stopped: [] as StreamCode[], finished: 0, over: 0 }
  const send = new SendHalf(new WritableStream(sink), {
    writable: () => (seen.writable += 1),
    stopped: (code) => seen.stopped.push(code),
    finished: () => (seen.finished += 1),
    over: () => (seen.over += 1),
  })
  return { send, seen }
}

test('room is always told after a short write, however slow the platform is', async () => {
  const writes: (() => void)[] = []
  const { send, seen } = half({ write: () => new Promise<void>((resolve) => writes.push(resolve)) })
  const taken = send.write(new Uint8Array(1_000_000))
  assert.ok(taken > 0 && taken < 1_000_000)
  assert.equal(send.write(new Uint8Array(1)), 0)
  await until(() => writes.length > 0)
  assert.equal(seen.writable, 0)
  writes.shift()?.()
  await until(() => seen.writable === 1)
})

test('a stop is told once, with its code, also to a writer that waits for room', async () => {
  let fail: ((reason: unknown) => void) | undefined
  const { send, seen } = half({
    start: (controller) => {
      fail = (reason) => controller.error(reason)
    },
    write: () => new Promise<void>(() => {}),
  })
  send.write(new Uint8Array(1_000_000))
  fail?.(new FakeWebTransportError({ streamErrorCode: 5 }))
  await until(() => seen.stopped.length > 0)
  assert.deepEqual(seen, { writable: 0, stopped: [{ app: 5, raw: undefined }], finished: 0, over: 1 })
  assert.equal(send.write(new Uint8Array(1)), 0)
})

test('an error that names no code is a stop without one: nothing is read from its text', async () => {
  const { seen } = half({
    start: (controller) => controller.error(new DOMException('STOP_SENDING 7 RESET_STREAM', 'NetworkError')),
  })
  await until(() => seen.stopped.length > 0)
  assert.deepEqual(seen.stopped, [{ app: undefined, raw: undefined }])
})

test('a FIN that the platform never finishes is not counted for long, and is given up in time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let aborted = 0
  const { send, seen } = half({
    start: ({ signal }) => signal.addEventListener('abort', () => (aborted += 1)),
    write: () => new Promise<void>(() => {}),
  })
  send.write(new Uint8Array(1))
  send.finish()
  t.mock.timers.tick(9_999)
  assert.equal(seen.over, 0)
  t.mock.timers.tick(1)
  assert.deepEqual([seen.over, aborted], [1, 0])
  t.mock.timers.tick(50_000)
  assert.deepEqual([seen.over, aborted, seen.finished], [1, 1, 0])
})

test('the end of the session is not a stop of the stream', async () => {
  const { send, seen } = half({
    start: (controller) => controller.error(new FakeWebTransportError({ source: 'session' })),
  })
  await new Promise(setImmediate)
  assert.deepEqual(seen.stopped, [])
  send.lose()
  assert.equal(seen.over, 1)
})
