/** What the processes of the flood bench say to each other. */

/** Where the server is and what certificate it shows. */
export interface Target {
  readonly host: string
  readonly port: number
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly certificateHash: string
}

/** What a process is asked; each is answered. */
export type Question =
  | 'ready'
  | 'usage'
  | 'exchanged'
  | 'pause'
  | 'resume'
  | 'connect'
  | 'attack'
  | 'opened'
  | 'withdraw'

/** What the server has used so far. */
export interface Usage {
  /** Resident set, in bytes, after a garbage collection. */
  readonly resident: number
  /** Of that the JavaScript heap in use and what it holds outside. */
  readonly heap: number
  /** Seconds of processor time, of all its threads; without the time of the collections asked for. */
  readonly cpu: number
  /** Streams that peers hold beyond their floors. */
  readonly granted: number
  /** Streams that live in sessions. */
  readonly streams: number
  /** Largest lateness of a timer since it was last asked, in milliseconds. */
  readonly late: number
}

export type Answer = Target | Usage | number | null
