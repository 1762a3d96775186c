import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { stopSignal } from './stop-signals.ts'

describe('stopSignal', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`settles with the first ${signal}`, async () => {
      const process = new EventEmitter()
      const stopped = stopSignal(process, () => assert.fail('not at once'))
      process.emit(signal)
      assert.equal(await stopped, signal)
    })
  }

  it('takes what follows at once for the same press, which npm and the terminal both pass on', () => {
    const process = new EventEmitter()
    let now = 0
    void stopSignal(
      process,
      () => assert.fail('one press'),
      () => now,
    )
    for (const at of [1000, 1003, 1499]) {
      now = at
      process.emit('SIGINT')
    }
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`exits at once with ${code} when ${signal} comes a second time`, () => {
      const process = new EventEmitter()
      const codes: number[] = []
      let now = 0
      void stopSignal(
        process,
        (exit) => codes.push(exit),
        () => now,
      )
      process.emit('SIGINT')
      now = 500
      process.emit(signal)
      assert.deepEqual(codes, [code])
    })
  }
})
