import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { quinnEngine } from '../quinn.ts'

/**
 * A client in mid-traffic, for a worker or a process of its own: writes without end on many streams, and leaves as told
 * once the server's bytes flow as well.
 */
export interface TrafficOptions {
  readonly port: number
  /** SHA-256 of the server's certificate, hex. */
  readonly hash: string
  readonly leave: 'process-exit' | 'uncaught-exception' | 'stay'
}

const options: TrafficOptions = isMainThread ? JSON.parse(process.argv[2] ?? '') : workerData
const endpoint = await quinnEngine.bind({})
const connection = endpoint.connect(
  { host: '127.0.0.1', port: options.port },
  {
    alpn: ['traffic'],
    serverName: 'sluice.test',
    verify: { certificateHashes: [Buffer.from(options.hash, 'hex')] },
  },
)
const chunk = new Uint8Array(32 * 1024)
let reads = 0
connection.events = {
  connected: () => {
    for (let count = 0; count < 10; count += 1) {
      const stream = connection.openStream('bidi')
      if (stream === undefined) break
      const fill = () => {
        while (stream.write(chunk) === chunk.length);
      }
      stream.events = {
        writable: fill,
        readable: () => {
          while (stream.read() !== undefined) reads += 1
          if (reads > 50) leave()
        },
      }
      fill()
    }
  },
}

function leave(): void {
  reads = Number.NEGATIVE_INFINITY
  if (options.leave === 'process-exit') process.exit(0)
  if (options.leave === 'uncaught-exception') throw new Error('leaving in mid-traffic')
  parentPort?.postMessage('in traffic')
}
