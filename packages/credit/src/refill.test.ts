import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keptBack, RefillLearner, type RefillPolicy } from './refill.ts'

/** A peer that gives credit back, and what is learned of it while it serves streams in groups that end together. */
class Peer {
  readonly learner: RefillLearner
  readonly #window: number
  readonly #step: number
  #limit: number
  #over = 0

  /** @param step streams that are over from which on the limit is raised */
  constructor(window: number, step: number) {
    this.learner = new RefillLearner(window)
    this.#window = window
    this.#limit = window
    this.#step = step
  }

  /** Opens streams, then ends them together. */
  serve(streams: number): void {
    this.#over += streams
    if (this.#over + this.#window - this.#limit < this.#step) return
    this.#limit = this.#over + this.#window
    this.learner.raised({ limit: this.#limit, opened: this.#over })
  }
}

function learned(window: number, step: number, groups: readonly number[]): RefillPolicy {
  const peer = new Peer(window, step)
  for (let round = 0; round < 200; round += 1) peer.serve(groups[round % groups.length] ?? 1)
  return peer.learner.policy
}

describe('RefillLearner', () => {
  it('knows a peer that raises its limit for each stream, though they often end together', () => {
    assert.deepEqual(learned(100, 1, [7, 3, 1, 20]), { kind: 'each' })
  })

  for (const [stack, window, step] of [
    ['quinn', 100, 13],
    ['s2n-quic', 100, 11],
    ['Chromium', 100, 50],
  ] as const)
    it(`never takes the step of ${stack} for less than it is`, () => {
      const policy = learned(window, step, [1, 1, 3])
      assert.equal(policy.kind, 'step')
      assert.ok(keptBack(policy, window) >= step - 1, `keeps back ${keptBack(policy, window)}`)
      assert.ok(keptBack(policy, window) <= step + 2, `keeps back ${keptBack(policy, window)}`)
    })

  it('says nothing after too few raises', () => {
    assert.deepEqual(new RefillLearner(100).policy, { kind: 'unknown' })
    const peer = new Peer(100, 50)
    for (let round = 0; round < 199; round += 1) peer.serve(1)
    assert.deepEqual(peer.learner.policy, { kind: 'unknown' })
    peer.serve(1)
    assert.equal(peer.learner.policy.kind, 'step')
  })

  it('does not take the growth of a window for a refill', () => {
    const learner = new RefillLearner(10)
    for (const limit of [20, 21, 22, 23, 24, 25]) learner.raised({ limit, opened: 1 })
    assert.deepEqual(learner.policy, { kind: 'unknown' })
  })

  it('watches for a bounded time', () => {
    const learner = new RefillLearner(10)
    for (let opened = 1; opened <= 32; opened += 1) {
      assert.equal(learner.watching, true)
      learner.raised({ limit: 10 + opened, opened })
      learner.raised({ limit: 10 + opened, opened })
    }
    assert.equal(learner.watching, false)
  })
})

describe('keptBack', () => {
  it('is what a peer of each policy may hold with nothing being wrong', () => {
    assert.equal(keptBack({ kind: 'each' }, 100), 0)
    assert.equal(keptBack({ kind: 'step', fraction: 1 / 8 }, 100), 12)
    assert.equal(keptBack({ kind: 'unknown' }, 100), 50)
  })
})
