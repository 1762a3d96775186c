import type { Connection } from '@sluice/engine'
import type { Session } from '@sluice/webtransport'
import type { Handling } from '../../peers/libp2p/mailbox.ts'

/**
 * What a peer made of our own stack does wrong. Each part that is left out is done as it should be; the function that
 * comes back from a part ends what it began.
 */
export interface Habit {
  /** Bends a connection of the engine before anything above has seen it. @param limit streams that the peer allows at once */
  readonly onConnection?: (connection: Connection, limit: number) => () => void
  /** Bends a session, once it stands. */
  readonly onSession?: (session: Session) => () => void
  /** Treats the streams with messages otherwise than by reading them to their end and closing them. */
  readonly onMessage?: Partial<Handling>
}

/** For a part that begins nothing that would have to be ended. */
export const nothingToEnd = (): void => {}
