import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ManualClock } from '../../testing/manual-clock.ts'
import { CreditLine, LONGEST_TURN } from './credit-line.ts'

/** When a stream that is called writes. */
type WriteTime = 'at once' | 'a turn later' | 'never'

const microtask = async (): Promise<void> => await new Promise((resolve) => queueMicrotask(() => resolve()))

/** A line with credit that comes in portions, and streams that want so many bytes each. */
function made() {
  const clock = new ManualClock()
  let credit = 0
  const line = new CreditLine(clock, () => credit > 0)
  const got: Record<string, number> = {}
  const join = (name: string, wanted: number, when: WriteTime) => {
    let left = wanted
    got[name] = 0
    const waiter = {
      onCredit: () => {
        if (when === 'at once') write()
        if (when === 'a turn later') queueMicrotask(write)
      },
    }
    const write = (): void => {
      const taken = line.mayWrite(waiter) ? Math.min(left, credit) : 0
      left -= taken
      credit -= taken
      got[name] = wanted - left
      line.wrote(waiter)
      if (left > 0) line.wait(waiter)
    }
    write()
    return { waiter, write }
  }
  const give = async (bytes: number): Promise<void> => {
    credit += bytes
    line.serve()
    for (let turn = 0; turn < 20; turn++) await microtask()
  }
  return { clock, line, got, join, give }
}

describe('CreditLine', () => {
  for (const bulk of ['at once', 'a turn later'] as const) {
    for (const small of ['at once', 'a turn later'] as const) {
      it(`serves a small write ${small} beside one without end ${bulk}, whoever came first`, async () => {
        for (const first of ['bulk', 'small'] as const) {
          const { got, join, give } = made()
          const joinBulk = () => join('bulk', 1_000_000, bulk)
          if (first === 'bulk') joinBulk()
          join('small', 4, small)
          join('larger', 1_454, small)
          if (first === 'small') joinBulk()
          for (let round = 0; round < 6; round++) await give(1_000)
          assert.deepEqual([got.small, got.larger, (got.bulk ?? 0) > 3_000], [4, 1_454, true])
        }
      })
    }
  }

  it('lets nobody in before those who wait', async () => {
    const { got, join, give, clock } = made()
    join('waits', 10, 'never')
    await give(100)
    join('newcomer', 10, 'at once')
    assert.equal(got.newcomer, 0)
    clock.advance(LONGEST_TURN)
    await microtask()
    assert.equal(got.newcomer, 10)
  })

  it('is held up by a stream that does not write for a bounded time only, and not at all by one that is over', async () => {
    const { clock, line, got, join, give } = made()
    const { waiter } = join('over', 10, 'never')
    join('silent', 10, 'never')
    join('last', 10, 'at once')
    await give(100)
    line.leave(waiter)
    await microtask()
    assert.equal(clock.pending, 1)
    clock.advance(LONGEST_TURN - 1)
    assert.equal(got.last, 0)
    clock.advance(1)
    await microtask()
    assert.equal(got.last, 10)
    await microtask()
    assert.deepEqual([line.empty, clock.pending], [true, 0])
  })

  it('takes all that a stream writes in one go for one turn', async () => {
    const { line, give, join, got } = made()
    const pieces: boolean[] = []
    const waiter = {
      onCredit: () => {
        for (let piece = 0; piece < 3; piece++) {
          pieces.push(line.mayWrite(waiter))
          line.wrote(waiter)
        }
      },
    }
    line.wait(waiter)
    join('next', 5, 'at once')
    await give(100)
    assert.deepEqual([pieces, got.next], [[true, true, true], 5])
  })

  it('lets ten thousand leave, each as it is called', async () => {
    const { line, join, give, got } = made()
    for (let index = 0; index < 10_000; index++) {
      const waiter = { onCredit: () => line.leave(waiter) }
      line.wait(waiter)
    }
    join('last', 10, 'at once')
    await give(100)
    while (!line.empty) await microtask()
    assert.equal(got.last, 10)
  })

  it('has no timer left when the session is over', async () => {
    const { clock, line, join, give } = made()
    join('silent', 10, 'never')
    await give(100)
    line.end()
    assert.deepEqual([clock.pending, line.empty], [0, true])
  })
})
