import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RunResult } from '../services/stream-run.ts'
import { outcomes } from './outcome.ts'

const sequential: RunResult = {
  streams: 10,
  mode: 'sequential',
  bytes: 1,
  done: 10,
  failed: 0,
  milliseconds: 100,
  error: null,
}
const concurrent: RunResult = { ...sequential, mode: 'concurrent', milliseconds: 20 }

describe('outcomes', () => {
  it('leads with the faster of two runs and tells both', () => {
    assert.deepEqual(outcomes.pageToNode({ sequential, concurrent }), {
      headline: '500 streams/s',
      details: ['10 of 10 one by one in 100 ms', '10 of 10 all at once in 20.0 ms'],
      complete: true,
    })
  })

  it('is not complete when a stream failed, and says why the first one did', () => {
    const error = { name: 'StreamCutError', code: 'ERR_STREAM_CUT', message: 'cut short' }
    const outcome = outcomes.nodeToPage({ sequential, concurrent: { ...concurrent, done: 8, failed: 2, error } })
    assert.equal(outcome.complete, false)
    assert.equal(outcome.details[1], '8 of 10 all at once in 20.0 ms; 2 failed, first: cut short')
  })

  it('gives no time to a ping that the clock of the browser could not see', () => {
    assert.equal(outcomes.ping({ milliseconds: [0, 0, 1], best: 0, median: 0 }).headline, 'under 1 ms')
  })

  it('gives rates in MiB a second', () => {
    const size = 10 * 1024 * 1024
    assert.equal(outcomes.download({ upload: 0, download: size, milliseconds: 500 }).headline, '20.0 MiB/s')
    assert.equal(outcomes.echo({ bytes: size, milliseconds: 2000, sha256: 'ab'.repeat(32) }).headline, '5.00 MiB/s')
  })
})
