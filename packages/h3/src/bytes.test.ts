import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteQueue, concat } from './bytes.ts'
import { hex, unhex } from './testing/support.ts'
import { encodeVarint } from './varint.ts'

test('hands out every byte once, in order, for any sequence of pushes, takes and skips', () => {
  const step = fc.oneof(
    fc.record({ push: fc.uint8Array({ maxLength: 100 }) }),
    fc.record({ take: fc.nat({ max: 60 }) }),
    fc.record({ takeUpTo: fc.nat({ max: 60 }) }),
    fc.record({ skip: fc.nat({ max: 20 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new ByteQueue()
      let model = new Uint8Array(0)
      const handedOut: { view: Uint8Array; copy: Uint8Array }[] = []
      const expect = (taken: Uint8Array, count: number) => {
        assert.deepEqual([...taken], [...model.subarray(0, count)])
        model = model.slice(count)
        handedOut.push({ view: taken, copy: taken.slice() })
      }
      for (const step of steps) {
        if ('push' in step) {
          queue.push(step.push)
          model = new Uint8Array([...model, ...step.push])
        } else if ('take' in step) {
          const taken = queue.take(step.take)
          if (model.length < step.take) assert.equal(taken, undefined)
          else expect(taken ?? new Uint8Array(0), step.take)
        } else if ('takeUpTo' in step) {
          expect(queue.takeUpTo(step.takeUpTo), Math.min(step.takeUpTo, model.length))
        } else {
          assert.equal(queue.skip(step.skip), Math.min(step.skip, model.length))
          model = model.slice(step.skip)
        }
        assert.equal(queue.length, model.length)
      }
      for (const { view, copy } of handedOut) assert.deepEqual(view, copy)
    }),
  )
})

test('takes an integer only when it is complete', () => {
  const queue = new ByteQueue()
  for (const byte of unhex('c0000000c67170')) {
    queue.push(Uint8Array.of(byte))
    assert.equal(queue.takeVarint(), undefined)
  }
  queue.push(unhex('6a07'))
  assert.equal(queue.takeVarint(), 0xc671706a)
  assert.equal(queue.takeVarint(), 7)
  assert.equal(queue.takeVarint(), undefined)
})

test('uses a chunk in place when nothing waits', () => {
  const queue = new ByteQueue()
  const chunk = unhex('010203')
  queue.push(chunk)
  assert.equal(queue.take(2)?.buffer, chunk.buffer)
})

test('concatenates', () => {
  assert.equal(hex(concat(encodeVarint(0x41), unhex(''), encodeVarint(0))), '404100')
})
