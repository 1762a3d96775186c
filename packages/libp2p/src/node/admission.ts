import type { AdmissionLimits } from '../types.ts'

const DEFAULT_ADMISSION: AdmissionLimits = {
  maxConnections: 10_000,
  maxHandshakes: 256,
  handshakeTimeout: 10_000,
}

/** Counts what a node has taken on, so that it can say no before it does any cryptography for a new client. */
export class Admission {
  readonly limits: AdmissionLimits
  #connections = 0
  #handshakes = 0

  constructor(limits: Partial<AdmissionLimits> = {}) {
    this.limits = { ...DEFAULT_ADMISSION, ...limits }
  }

  get full(): boolean {
    return this.#connections >= this.limits.maxConnections || this.#handshakes >= this.limits.maxHandshakes
  }

  /** A session began; the function that comes back says that its Noise handshake is over, however it went. */
  beginHandshake(): () => void {
    this.#handshakes += 1
    return once(() => {
      this.#handshakes -= 1
    })
  }

  /** A session began; the function that comes back says that its connection is over. */
  beginConnection(): () => void {
    this.#connections += 1
    return once(() => {
      this.#connections -= 1
    })
  }
}

function once(run: () => void): () => void {
  let ran = false
  return () => {
    if (ran) return
    ran = true
    run()
  }
}
