import type { Millis } from '@sluice/credit'
import type { Certhash } from '../../certhash.ts'
import { BUCKET, bucketEnd, bucketOffset, bucketStart } from './bucket.ts'
import { deriveCertificate, type ServerCertificate } from './certificate.ts'
import type { CertificateSource } from './source.ts'

/** The time, and a way to wait for it; tests have their own. */
export interface Clock {
  now(): Millis
  /** Calls back once after `delay`; gives back how to call that off. */
  after(delay: Millis, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Timers stand still while a machine sleeps, so the time is looked at again at least this often. */
const LOOK_AGAIN: Millis = 3_600_000

/** The key material of a node, as js-libp2p has it. */
export interface NodeKey {
  readonly raw: Uint8Array
  readonly publicKey: { readonly raw: Uint8Array }
}

/**
 * Certificates that follow from the node's key and the time, in buckets as go-libp2p has them: each is in use from a
 * clock skew after its start to a clock skew before its end.
 */
export class RotatingCertificates implements CertificateSource {
  readonly #key: Uint8Array
  readonly #offset: Millis
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  readonly #derived = new Map<Millis, ServerCertificate>()
  #start: Millis
  #callOff: (() => void) | undefined

  constructor(key: NodeKey, clock: Clock = systemClock) {
    this.#key = key.raw
    this.#offset = bucketOffset(key.publicKey.raw)
    this.#clock = clock
    this.#start = bucketStart(clock.now(), this.#offset)
  }

  get current(): ServerCertificate {
    return this.#at(this.#start)
  }

  get advertised(): readonly Certhash[] {
    return [this.#at(this.#start).hash, this.#at(this.#start + BUCKET).hash]
  }

  get confirmed(): readonly Certhash[] {
    return [this.#at(this.#start - BUCKET).hash, ...this.advertised]
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    this.stop()
    this.#look()
  }

  stop(): void {
    this.#callOff?.()
    this.#callOff = undefined
  }

  #look(): void {
    const now = this.#clock.now()
    const start = bucketStart(now, this.#offset)
    const changed = start !== this.#start
    this.#start = start
    this.#callOff = this.#clock.after(Math.min(LOOK_AGAIN, bucketEnd(start) - now), () => this.#look())
    if (!changed) return
    for (const old of this.#derived.keys()) if (old < start - BUCKET) this.#derived.delete(old)
    for (const listener of [...this.#listeners]) listener()
  }

  #at(start: Millis): ServerCertificate {
    let certificate = this.#derived.get(start)
    if (certificate === undefined) {
      certificate = deriveCertificate(this.#key, start)
      this.#derived.set(start, certificate)
    }
    return certificate
  }
}
