import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LagMeter } from './lag-meter.ts'
import type { Millis } from './types.ts'
import type { Verdict } from './verdict.ts'
import { type Alarm, type Judge, VerdictWatch } from './verdict-watch.ts'

const healthy: Verdict = { code: 'healthy', harmless: true, proof: null, summary: 'streams can be opened' }
const wrong: Verdict = { code: 'session-gone', harmless: false, proof: null, summary: 'something is wrong' }

/** One alarm at a time, that goes off when a test says so. */
class Bell implements Alarm {
  time: Millis = 0
  at: Millis | undefined
  #run: (() => void) | undefined

  now(): Millis {
    return this.time
  }

  after(delay: Millis, run: () => void): () => void {
    assert.equal(this.at, undefined, 'one timer at a time')
    this.at = this.time + delay
    this.#run = run
    return () => {
      this.at = undefined
    }
  }

  ring(late: Millis = 0): void {
    this.time = (this.at ?? this.time) + late
    this.at = undefined
    this.#run?.()
  }
}

function watched() {
  const bell = new Bell()
  const lag = new LagMeter()
  const state = { verdict: healthy, waiting: true }
  const looks: Millis[] = []
  const judge: Judge = {
    patience: 200,
    verdict: () => {
      looks.push(bell.time)
      return state.verdict
    },
    get waiting() {
      return state.waiting
    },
  }
  const watch = new VerdictWatch({ clock: bell, lag, judge })
  const told: string[] = []
  const unlisten = watch.listen(({ code }) => told.push(code))
  /** Time passes up to the next look. */
  const next = (): void => {
    const before = looks.length
    while (looks.length === before) bell.ring()
  }
  return { bell, lag, state, watch, looks, told, unlisten, next }
}

describe('VerdictWatch', () => {
  it('has no timer until somebody waits, and none after that', () => {
    const { bell, state, watch, looks, told, next } = watched()
    assert.equal(bell.at, undefined)
    watch.arm()
    watch.arm()
    next()
    assert.deepEqual(looks, [200])
    assert.notEqual(bell.at, undefined)
    state.waiting = false
    next()
    assert.equal(bell.at, undefined)
    assert.deepEqual(told, [])
  })

  it('looks often once somebody has waited, so that what can be told only then is told soon', () => {
    const { bell, state, watch, told, next } = watched()
    watch.arm()
    next()
    state.verdict = wrong
    next()
    assert.deepEqual(told, ['session-gone'])
    assert.ok(bell.time <= 300)
  })

  it('looks seldom at those who wait for long with nothing wrong', () => {
    const { bell, watch, next } = watched()
    watch.arm()
    for (let looks = 0; looks < 20; looks += 1) next()
    const { time } = bell
    next()
    assert.equal(bell.time - time, 200)
  })

  it('tells what is wrong once, and when it is over', () => {
    const { bell, state, watch, told, next } = watched()
    watch.arm()
    state.verdict = wrong
    next()
    next()
    assert.deepEqual(told, ['session-gone'])
    state.verdict = healthy
    state.waiting = false
    next()
    assert.deepEqual(told, ['session-gone', 'healthy'])
    assert.equal(bell.at, undefined)
  })

  it('measures how late it is called', () => {
    const { bell, lag, watch } = watched()
    watch.arm()
    bell.ring(350)
    assert.equal(lag.lately(bell.now()), 350)
  })

  it('knows how late it is before it is called, and that to a tenth of a second however far away its look is', () => {
    const { bell, lag, state, watch, next } = watched()
    watch.arm()
    assert.equal(lag.lately(350), 250)
    state.verdict = wrong
    next()
    assert.equal(lag.lately(bell.time + 350), 250)
  })

  it('is not late for a look that it does not wait for any more', () => {
    for (const call of ['look', 'end'] as const) {
      const { lag, state, watch } = watched()
      watch.arm()
      state.waiting = false
      watch[call]()
      assert.equal(lag.lately(10_000), 0)
    }
  })

  it('is silent to whoever listens no more, and once the session is over', () => {
    const { bell, state, watch, told, unlisten, next } = watched()
    state.verdict = wrong
    watch.arm()
    unlisten()
    next()
    assert.deepEqual(told, [])
    watch.end()
    watch.arm()
    assert.equal(bell.at, undefined)
  })
})
