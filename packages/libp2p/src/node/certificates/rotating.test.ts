import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Millis } from '@sluice/credit'
import { BUCKET, CLOCK_SKEW, VALIDITY } from './bucket.ts'
import { type Clock, RotatingCertificates } from './rotating.ts'

const HOUR: Millis = 3_600_000
const BEGIN: Millis = Date.UTC(2026, 10, 22, 12, 34, 56)

/** Time that passes only when told to. */
class VirtualClock implements Clock {
  time: Millis = BEGIN
  #waiting: { at: Millis; callback: () => void }[] = []

  now(): Millis {
    return this.time
  }

  after(delay: Millis, callback: () => void): () => void {
    const entry = { at: this.time + delay, callback }
    this.#waiting.push(entry)
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== entry)
    }
  }

  pass(span: Millis): void {
    const end = this.time + span
    for (;;) {
      const next = this.#waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#waiting = this.#waiting.filter((each) => each !== next)
      this.time = next.at
      next.callback()
    }
    this.time = end
  }

  get waiting(): number {
    return this.#waiting.length
  }
}

const key = { raw: new Uint8Array(64).fill(5), publicKey: { raw: Uint8Array.of(0x34, 0x12, 9) } }

test('a restart at any time of a bucket finds the same certificates', () => {
  const clock = new VirtualClock()
  const before = new RotatingCertificates(key, clock)
  const hash = before.current.hash.digest
  clock.time = before.current.notAfter - CLOCK_SKEW - 1
  assert.deepEqual(new RotatingCertificates(key, clock).current.hash.digest, hash)
})

test('a clock that is an hour off, either way, finds the certificate in use valid at any time', () => {
  const clock = new VirtualClock()
  const certificates = new RotatingCertificates(key, clock)
  certificates.start()
  for (let passed = 0; passed < 3 * VALIDITY; passed += 7 * HOUR) {
    const { notBefore, notAfter } = certificates.current
    assert.ok(notBefore <= clock.now() - CLOCK_SKEW, 'begun for a client whose clock is late')
    assert.ok(notAfter >= clock.now() + CLOCK_SKEW, 'not ended for a client whose clock is early')
    assert.equal(notAfter - notBefore, VALIDITY)
    clock.pass(7 * HOUR)
  }
})

test('at the change the advertised next certificate comes into use, and the last is still confirmed', () => {
  const clock = new VirtualClock()
  const certificates = new RotatingCertificates(key, clock)
  certificates.start()
  let changes = 0
  certificates.onChange(() => {
    changes += 1
  })
  const [current, next] = certificates.advertised
  clock.pass(BUCKET)
  assert.equal(changes, 1)
  assert.deepEqual(certificates.current.hash.digest, next?.digest)
  assert.equal(certificates.advertised.length, 2)
  assert.deepEqual(
    certificates.confirmed.slice(0, 2).map((hash) => hash.digest),
    [current?.digest, next?.digest],
  )
})

test('a change that came while the machine slept is made at the next look', () => {
  const clock = new VirtualClock()
  const certificates = new RotatingCertificates(key, clock)
  certificates.start()
  const [, next] = certificates.advertised
  clock.time += BUCKET
  clock.pass(HOUR)
  assert.deepEqual(certificates.current.hash.digest, next?.digest)
})

test('after stop nothing waits any more', () => {
  const clock = new VirtualClock()
  const certificates = new RotatingCertificates(key, clock)
  certificates.start()
  certificates.start()
  assert.equal(clock.waiting, 1)
  certificates.stop()
  assert.equal(clock.waiting, 0)
})

test('nodes with other keys change at other times', () => {
  const clock = new VirtualClock()
  const other = { ...key, publicKey: { raw: Uint8Array.of(0x35, 0x12) } }
  assert.equal(
    new RotatingCertificates(other, clock).current.notBefore - new RotatingCertificates(key, clock).current.notBefore,
    60_000,
  )
})
