import type { HeliaCommands } from '../../src/workload/commands.ts'
import { type HeliaOptions, HeliaPeer } from './helia.ts'

declare global {
  interface Window {
    /** What the harness calls; set once the node runs. */
    workload?: {
      readonly peerId: string
      request(command: keyof HeliaCommands, options: HeliaCommands[keyof HeliaCommands]['options']): Promise<unknown>
    }
  }
}

/** Starts a Helia node in the page and puts it under the harness's control. */
export async function startPage(options: HeliaOptions): Promise<void> {
  const peer = await HeliaPeer.start(options)
  window.workload = { peerId: peer.peerId, request: async (command, given) => await peer.request(command, given) }
}
