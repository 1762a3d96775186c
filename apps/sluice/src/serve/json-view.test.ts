import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jsonView } from './json-view.ts'
import { connectionReport } from './testing.ts'

describe('jsonView', () => {
  it('prints one object a line, told apart by its first field', () => {
    let printed = ''
    const view = jsonView((text) => {
      printed += text
    })
    const [a, b] = [connectionReport('a', 2, 1), connectionReport('b')]
    const end = { exact: true, accounts: [], live: 0, streams: [] }
    const sides = { ours: end, theirs: end, accounts: [], onlyOurs: [], onlyTheirs: [] }
    const ledger = { connection: 'c', peer: 'a', matchedBy: 'id', ...sides } as const
    view.listening({ peerId: 'node', addresses: ['/one'], page: null })
    view.opened(a)
    view.credit([a, b], [a, b])
    view.ledger(ledger)
    view.closed(a)
    view.readdressed(['/two'])
    view.stopping()
    assert.deepEqual(
      printed
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
      [
        { event: 'listening', peerId: 'node', addresses: ['/one'], page: null },
        { event: 'connection-opened', ...a },
        { event: 'credit', ...a },
        { event: 'credit', ...b },
        { event: 'ledger', ...ledger },
        { event: 'connection-closed', ...a },
        { event: 'addresses', addresses: ['/two'] },
        { event: 'stopping' },
      ],
    )
  })
})
