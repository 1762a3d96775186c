import type { Connection as Libp2pConnection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { Connection, Peer } from './drive.ts'
import { answerSize, request, requestSize } from './exchange.ts'

const echo = '/echo/1.0.0'
const perf = '/perf/1.0.0'

/** Enough for 100 wide, which is more than libp2p allows a protocol unasked. */
const streamLimits = { maxInboundStreams: 1000, maxOutboundStreams: 1000 }
const shortRequest = request(requestSize, answerSize)
const uploadHeader = request(8, 0)
/** Size of a write in bulk: what libp2p's own perf service writes. */
const zeros = new Uint8Array(64 * 1024)

/** What differs between the libp2p contenders in Node. */
export interface Stack {
  readonly listen: string
  readonly options: Libp2pOptions
  readonly versions: Readonly<Record<string, string>>
}

/** A js-libp2p node with echo and perf over the transport of `stack`. */
export function libp2pPeer({ listen, options, versions }: Stack): Peer {
  return {
    versions,
    async serve() {
      const node = await createLibp2p({ ...options, ...unhurried, addresses: { listen: [listen] } })
      await node.handle(echo, answerEcho, streamLimits)
      await node.handle(perf, answerPerf, streamLimits)
      const [address] = node.getMultiaddrs()
      if (address === undefined) throw new Error('the node has no address')
      return address.toString()
    },
    async driver(address) {
      const node = await createLibp2p({ ...options, ...unhurried })
      const remote = multiaddr(address)
      return async () => connection(await node.dial(remote, { force: true }))
    },
  }
}

// A listener admits five connections a second of one host unasked.
const unhurried = {
  connectionManager: { inboundConnectionThreshold: Number.MAX_SAFE_INTEGER, maxIncomingPendingConnections: 1000 },
}

function connection(opened: Libp2pConnection): Connection {
  return {
    async exchange() {
      const stream = await opened.newStream(echo, streamLimits)
      const done = expect(stream, answerSize)
      stream.send(shortRequest)
      await stream.close()
      await done
    },
    async upload(bytes) {
      const stream = await opened.newStream(perf, streamLimits)
      const done = expect(stream, 0)
      stream.send(uploadHeader)
      await send(stream, bytes)
      await stream.close()
      await done
    },
    close: () => opened.close(),
  }
}

async function answerEcho(stream: Stream): Promise<void> {
  for await (const bytes of stream) {
    if (!stream.send(bytes)) await stream.onDrain()
  }
  await stream.close()
}

async function answerPerf(stream: Stream): Promise<void> {
  const header = new Uint8Array(8)
  let received = 0
  for await (const bytes of stream) {
    if (received < header.length) header.set(bytes.subarray(0, header.length - received), received)
    received += bytes.byteLength
  }
  await send(stream, Number(new DataView(header.buffer).getBigUint64(0)))
  await stream.close()
}

async function send(stream: Stream, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= zeros.length) {
    if (!stream.send(zeros.subarray(0, Math.min(left, zeros.length)))) await stream.onDrain()
  }
}

/** Resolves when the stream has closed in order after exactly `size` bytes. */
function expect(stream: Stream, size: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
    })
    stream.addEventListener('close', ({ error }) => {
      if (error !== undefined) reject(error)
      else if (received !== size) reject(new Error(`answer of ${received} bytes, expected ${size}`))
      else resolve()
    })
  })
}
