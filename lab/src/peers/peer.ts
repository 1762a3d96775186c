import type { CommandName, Commands, PeerEvent } from './commands.ts'
import type { EventLog } from './event-log.ts'

/** A libp2p peer under the lab's control: a process, or a page in a browser. */
export interface Peer {
  readonly name: string
  /** Addresses to dial, with /certhash and /p2p; empty when it does not listen. */
  readonly addresses: readonly string[]
  readonly peerId: string
  readonly events: EventLog<PeerEvent>
  /** @throws CommandFailedError the peer says so, LabTimeoutError no answer, PeerGoneError */
  request<N extends CommandName>(command: N, options: Commands[N]['options']): Promise<Commands[N]['result']>
  /** Ends it with no chance to say goodbye. */
  kill(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
}
