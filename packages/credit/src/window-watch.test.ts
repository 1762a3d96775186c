import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WindowWatch } from './window-watch.ts'

const counts = (limit: number, opened: number, retired: number) => ({ limit, opened, accepted: opened, retired })

describe('WindowWatch', () => {
  it('sees a window that grows while its streams are at work', () => {
    const watch = new WindowWatch(64)
    watch.raised(counts(128, 64, 0), () => 64)
    assert.equal(watch.largest, 128)
    watch.raised(counts(266, 138, 10), () => 128)
    assert.equal(watch.largest, 256)
  })

  it('takes no peer that lets go of streams before us for one whose window grew', () => {
    const watch = new WindowWatch(64)
    watch.raised(counts(128, 64, 0), () => 0)
    assert.equal(watch.largest, 64)
  })

  it('forgets nothing, and never goes below the start', () => {
    const watch = new WindowWatch(64)
    watch.raised(counts(128, 64, 0), () => 64)
    watch.raised(counts(140, 140, 100), () => 40)
    assert.equal(watch.largest, 128)
  })

  it('does not count streams for a raise that shows nothing new', () => {
    const watch = new WindowWatch(64)
    watch.raised(counts(74, 70, 10), () => assert.fail('it was asked'))
    assert.equal(watch.largest, 64)
  })
})
