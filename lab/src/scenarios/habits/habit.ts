import type { Connection } from '@sluice/engine'
import type { Session } from '@sluice/webtransport'
import type { Handling } from '../../peers/libp2p/mailbox.ts'

/** What a habit may make use of. */
export interface Surroundings {
  /** Streams that the peer allows at once. */
  readonly limit: number
  /** What is wrong begins now; for a habit that begins at a moment that only it knows. */
  begins(): void
  /** Loses every packet from the peer to our end from now on, or no longer; only on a line that can (`HabitSetup.line`). */
  cut(cut: boolean): void
}

/**
 * What a peer made of our own stack does wrong. Each part that is left out is done as it should be; the function that
 * comes back from a part ends what it began.
 */
export interface Habit {
  /** Bends a connection of the engine before anything above has seen it. */
  readonly onConnection?: (connection: Connection, surroundings: Surroundings) => () => void
  /** Bends a session, once it stands. */
  readonly onSession?: (session: Session, surroundings: Surroundings) => () => void
  /** Treats the streams with messages otherwise than by reading them to their end and closing them. */
  readonly onMessage?: Partial<Handling>
  /** Opens streams of its own, badly; resolves with how many messages, from 0 on, it sent whole. */
  readonly opens?: (session: Session) => Promise<number>
}

/** For a part that begins nothing that would have to be ended. */
export const nothingToEnd = (): void => {}
