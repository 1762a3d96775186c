/** A Helia node on our Node transport as a process that does what JSON lines on its stdin ask for. */
import { createInterface } from 'node:readline'
import { webTransport } from '@sluice/libp2p'
import type { HeliaCommands } from '../../src/workload/commands.ts'
import { countStreams } from './count.ts'
import { HeliaPeer } from './helia.ts'

type Line = {
  readonly id: number
  readonly command: keyof HeliaCommands
} & HeliaCommands[keyof HeliaCommands]['options']

const print = (line: unknown): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const peer = await HeliaPeer.start({ transports: [webTransport()], count: countStreams })
print({ event: 'listening', peerId: peer.peerId })

async function answer({ id, command, ...options }: Line): Promise<void> {
  try {
    print({ id, ok: true, result: await peer.request(command, options as HeliaCommands[typeof command]['options']) })
  } catch (error) {
    print({ id, ok: false, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
  }
}

for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line) as Line)
await peer.stop()
