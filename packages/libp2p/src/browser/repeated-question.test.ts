import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeWebTransportError } from '../testing/fake-web-transport.ts'
import { isSpoiled } from './platform-error.ts'
import { type PlatformStream, repeatedQuestion } from './repeated-question.ts'

/** As Firefox puts it when STOP_SENDING has ended both halves. */
const SPOILED = new TypeError('Error in input stream')

type End = 'whole' | Error

/** A platform on which each stream is answered with its number, a byte, and ends as the list says; then as its last does. */
function platform(...ends: readonly End[]) {
  const heard: (string | undefined)[] = []
  const open = async (): Promise<PlatformStream> => {
    const number = heard.push(undefined) - 1
    const end = ends[Math.min(number, ends.length - 1)]
    const parts: Uint8Array[] = []
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const writable = new WritableStream<Uint8Array>({
      write: (chunk) => void parts.push(chunk),
      close: () => {
        heard[number] = Buffer.concat(parts).toString()
        resolve()
      },
    })
    const readable = new ReadableStream<Uint8Array>({
      start: async (controller) => {
        await asked
        controller.enqueue(Uint8Array.of(number))
        // An error takes along what nobody has read yet, as in the browser.
        await new Promise(setImmediate)
        if (end instanceof Error) controller.error(end)
        else controller.close()
      },
    })
    return { readable, writable } as PlatformStream
  }
  return { heard, open }
}

async function askFor({ readable, writable }: PlatformStream): Promise<number[]> {
  const writer = writable.getWriter()
  writer.write(new TextEncoder().encode('/multistream'))
  writer.write(new TextEncoder().encode('/identify'))
  const answer: number[] = []
  for await (const chunk of readable) answer.push(...(chunk as Uint8Array))
  return answer
}

test('what is asked in one turn is one question, finished at once, and its answer is read to its end', async () => {
  const { heard, open } = platform('whole')
  assert.deepEqual(await askFor(repeatedQuestion({ open, spoiled: isSpoiled })), [0])
  assert.deepEqual(heard, ['/multistream/identify'])
})

test('after a spoiled end the same is asked again, and only the whole answer is read', async () => {
  const { heard, open } = platform(SPOILED, SPOILED, 'whole')
  assert.deepEqual(await askFor(repeatedQuestion({ open, spoiled: isSpoiled })), [2])
  assert.deepEqual(heard, Array(3).fill('/multistream/identify'))
})

test('answers that are all spoiled end the asking', async () => {
  const { heard, open } = platform(SPOILED)
  await assert.rejects(askFor(repeatedQuestion({ open, spoiled: isSpoiled })), SPOILED)
  assert.equal(heard.length, 16)
})

for (const [what, error] of [
  ['a reset by the peer', new FakeWebTransportError({ streamErrorCode: 0 })],
  ['the end of the session', new FakeWebTransportError({ source: 'session' })],
] as const) {
  test(`${what} is an answer too: nothing is asked again`, async () => {
    const { heard, open } = platform(error)
    await assert.rejects(askFor(repeatedQuestion({ open, spoiled: isSpoiled })), error)
    assert.equal(heard.length, 1)
  })
}

for (const half of ['readable', 'writable'] as const) {
  test(`who gives up the ${half} half ends the attempt, and nothing is asked again`, async () => {
    let opened = 0
    const cancelled = Promise.withResolvers<unknown>()
    const attempted = Promise.withResolvers<void>()
    const open = async (): Promise<PlatformStream> => {
      opened += 1
      setImmediate(attempted.resolve)
      const readable = new ReadableStream<Uint8Array>({ cancel: cancelled.resolve })
      return { readable, writable: new WritableStream() } as PlatformStream
    }
    const { readable, writable } = repeatedQuestion({ open, spoiled: isSpoiled })
    const writer = writable.getWriter()
    await writer.write(Uint8Array.of(1))
    await attempted.promise
    const reason = new Error('no longer wanted')
    await (half === 'readable' ? readable.cancel(reason) : writer.abort(reason))
    assert.equal(await cancelled.promise, reason)
    assert.equal(opened, 1)
  })
}

test('an answer without an end is not kept for ever, and not asked for again', async () => {
  let opened = 0
  const open = async (): Promise<PlatformStream> => {
    opened += 1
    const readable = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
    })
    return { readable, writable: new WritableStream() } as PlatformStream
  }
  await assert.rejects(askFor(repeatedQuestion({ open, spoiled: isSpoiled })), RangeError)
  assert.equal(opened, 1)
})
