import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectionReport } from './testing.ts'
import { textView } from './text-view.ts'

describe('textView', () => {
  it('prints addresses and credit without colours, and what happens into the log', () => {
    let out = ''
    let log = ''
    const view = textView(
      (text) => {
        out += text
      },
      (text) => {
        log += text
      },
    )
    view.listening({ peerId: 'node', addresses: ['/one', '/two'], page: null })
    view.opened(connectionReport('peer-a'))
    view.credit([connectionReport('peer-a', 4, 3)], [])
    view.credit([], [])
    view.closed(connectionReport('peer-a', 4, 4))
    view.readdressed(['/three'])
    view.stopping()
    assert.match(out, /serves node\n\n {2}\/one\n {2}\/two\n\nno page is served/)
    assert.match(out, /theirs +100 +4 +3 +1 +96/)
    assert.match(out, /the addresses are now\n {2}\/three\n/)
    assert.ok(!out.includes('\x1b'))
    assert.match(
      log,
      /^peer-a connected, inbound: \S+\npeer-a gone: 0 of 0 of our streams retired; 4 of 4 .*\nstopping\n$/,
    )
  })
})
