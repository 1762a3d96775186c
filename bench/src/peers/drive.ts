import { createInterface } from 'node:readline'
import type { Command, Failure, Outcome, Ready } from '../protocol.ts'

/** One connection or session of the layer that is measured. `peers/go/internal/peer` has the same. */
export interface Connection {
  /** Opens a stream, sends 64 bytes and FIN, and reads the answer of 64 bytes to its FIN. */
  exchange(): Promise<void>
  /** Sends `bytes` and FIN on one stream, and waits for the listener's FIN, which it sends when it has read all. */
  upload(bytes: number): Promise<void>
  close(): Promise<void>
}

export interface Peer {
  /** Listens, and says where. */
  serve(): Promise<string>
  /** Makes what dialling needs, once; the function it returns connects to the listener, each time anew. */
  driver(address: string): Promise<() => Promise<Connection>>
  readonly versions: Readonly<Record<string, string>>
}

/** The main program of a Node peer: `serve`, or `drive ADDRESS`, until standard input ends. */
export async function run(peer: Peer): Promise<void> {
  const [role, address] = process.argv.slice(2)
  if (role === 'serve') {
    ready(await peer.serve(), peer.versions)
    for await (const _ of createInterface({ input: process.stdin }));
  } else if (role === 'drive' && address !== undefined) {
    const dial = await peer.driver(address)
    ready('', peer.versions)
    for await (const line of createInterface({ input: process.stdin })) {
      write(await obey(dial, JSON.parse(line)))
    }
  } else {
    console.error('usage: serve | drive ADDRESS')
    process.exit(2)
  }
  process.exit(0)
}

async function obey(dial: () => Promise<Connection>, command: Command): Promise<Outcome | Failure> {
  try {
    switch (command.measure) {
      case 'bulk':
        return await bulk(dial, command.bytes)
      case 'streams':
        return await streams(dial, command.wide, command.seconds)
      case 'dials':
        return await dials(dial, command.seconds)
      case 'idle':
        return await idle(dial, command.connections)
    }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function bulk(dial: () => Promise<Connection>, bytes: number): Promise<Outcome> {
  const connection = await dial()
  const start = performance.now()
  await connection.upload(bytes)
  const seconds = secondsSince(start)
  await connection.close()
  return { count: bytes, seconds }
}

/** Keeps `wide` exchanges going until the time is over; the last ones are waited for and counted. */
async function streams(dial: () => Promise<Connection>, wide: number, duration: number): Promise<Outcome> {
  const connection = await dial()
  // One exchange first, so that what happens once a connection is not part of the measure.
  await connection.exchange()
  let count = 0
  const start = performance.now()
  const work = async (): Promise<void> => {
    while (secondsSince(start) < duration) {
      await connection.exchange()
      count++
    }
  }
  await Promise.all(Array.from({ length: wide }, work))
  const seconds = secondsSince(start)
  await connection.close()
  return { count, seconds }
}

async function dials(dial: () => Promise<Connection>, duration: number): Promise<Outcome> {
  let count = 0
  const start = performance.now()
  for (; secondsSince(start) < duration; count++) {
    const connection = await dial()
    await connection.close()
  }
  return { count, seconds: secondsSince(start) }
}

async function idle(dial: () => Promise<Connection>, connections: number): Promise<Outcome> {
  const start = performance.now()
  for (let open = 0; open < connections; open++) await dial()
  return { count: connections, seconds: secondsSince(start) }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}

function ready(address: string, versions: Readonly<Record<string, string>>): void {
  write({ ready: true, address, versions })
}

function write(line: Ready | Outcome | Failure): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
