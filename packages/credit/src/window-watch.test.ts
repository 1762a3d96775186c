import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WindowWatch } from './window-watch.ts'

describe('WindowWatch', () => {
  it('sees a window that grows while its streams are at work', () => {
    const watch = new WindowWatch(64)
    watch.raised({ limit: 128, retired: 0 }, () => 0)
    assert.equal(watch.largest, 128)
    watch.raised({ limit: 266, retired: 10 }, () => 0)
    assert.equal(watch.largest, 256)
  })

  it('takes no peer that lets go of streams before us for one whose window grew', () => {
    const watch = new WindowWatch(64)
    watch.raised({ limit: 128, retired: 0 }, () => 64)
    assert.equal(watch.largest, 64)
  })

  it('forgets nothing, and never goes below the start', () => {
    const watch = new WindowWatch(64)
    watch.raised({ limit: 128, retired: 0 }, () => 0)
    watch.raised({ limit: 140, retired: 100 }, () => 0)
    assert.equal(watch.largest, 128)
  })

  it('does not count streams for a raise that shows nothing new', () => {
    const watch = new WindowWatch(64)
    watch.raised({ limit: 74, retired: 10 }, () => assert.fail('it was asked'))
    assert.equal(watch.largest, 64)
  })
})
