/**
 * The browser's own WebTransport with nothing of ours around it: what a page holds after many streams of this is the
 * browser's doing.
 */
import type { StreamsOptions, StreamsResult } from '../../peers/commands.ts'
import type { MemoryReport } from '../../peers/memory.ts'
import { pageMemory } from './memory.ts'

declare global {
  interface Window {
    /** What the harness calls. */
    bare?: {
      dial(url: string, certificateHash: readonly number[]): Promise<void>
      streams(options: StreamsOptions): Promise<StreamsResult>
      memory(): Promise<MemoryReport>
      live(): number
    }
  }
}

let session: WebTransport | undefined
let live = 0

async function dial(url: string, certificateHash: readonly number[]): Promise<void> {
  session = new WebTransport(url, {
    serverCertificateHashes: [{ algorithm: 'sha-256', value: Uint8Array.from(certificateHash) }],
  })
  await session.ready
  void answerAll(session.incomingBidirectionalStreams)
}

async function answerAll(incoming: ReadableStream<WebTransportBidirectionalStream>): Promise<void> {
  for await (const stream of incoming) void counted(answer(stream))
}

async function answer({ readable, writable }: WebTransportBidirectionalStream): Promise<void> {
  const parts = await readAll(readable)
  const writer = writable.getWriter()
  for (const part of parts) await writer.write(part)
  await writer.close()
}

async function exchange(message: Uint8Array<ArrayBuffer>): Promise<void> {
  if (session === undefined) throw new RangeError('dial first')
  const { readable, writable } = await session.createBidirectionalStream()
  const writer = writable.getWriter()
  await writer.write(message)
  await writer.close()
  const parts = await readAll(readable)
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0)
  if (size !== message.byteLength) throw new RangeError(`${size} bytes of ${message.byteLength} came back`)
}

async function readAll(readable: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const reader = readable.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return parts
    parts.push(value)
  }
}

async function counted(work: Promise<void>): Promise<void> {
  live += 1
  try {
    await work
  } finally {
    live -= 1
  }
}

async function streams({ count, width, size }: StreamsOptions): Promise<StreamsResult> {
  const message = new Uint8Array(size)
  const failures: Record<string, number> = {}
  const start = performance.now()
  let [begun, echoed] = [0, 0]
  const worker = async (): Promise<void> => {
    while (begun < count) {
      begun += 1
      try {
        await counted(exchange(message))
        echoed += 1
      } catch (error) {
        failures[String(error)] = (failures[String(error)] ?? 0) + 1
      }
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return { asked: count, echoed, failures, milliseconds: performance.now() - start }
}

window.bare = { dial, streams, memory: pageMemory, live: () => live }
