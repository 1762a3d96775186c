import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { creditTable, type Paint, shortPeer } from './credit-table.ts'
import { connectionReport, sessionGone } from './testing.ts'

const plain: Paint = (_format, text) => text
const tagged: Paint = (format, text) => (text.trim() === '' ? text : `<${String(format)}>${text.trim()}</>`)

describe('creditTable', () => {
  it('has a row for each account, the connection named on its first', () => {
    assert.deepEqual(creditTable([connectionReport('peer', 3, 2)], plain), [
      'connection               streams         limit    opened   retired      live available   waiting',
      'peer inbound             ours              100         0         0         0       100         0',
      '                         theirs            100         3         2         1        97         0',
      'live counts the CONNECT stream of a session too',
    ])
  })

  for (const [opened, colour] of [
    [0, 'green'],
    [90, 'green'],
    [91, 'yellow'],
    [100, 'red'],
  ] as const) {
    it(`shows ${100 - opened} of 100 left in ${colour}`, () => {
      const [, , row] = creditTable([connectionReport('peer', opened)], tagged)
      assert.match(row ?? '', new RegExp(`<${colour}>${100 - opened}</>`))
    })
  }

  it('says below a connection what it suffers from', () => {
    const lines = creditTable([{ ...connectionReport('a'), verdict: sessionGone }, connectionReport('b')], tagged)
    assert.deepEqual(
      lines.map((line) => line.includes('session-gone')),
      [false, false, false, true, false, false, false],
    )
    assert.equal(lines[3], '<red>session-gone: the session is over</>')
  })

  it('says so when the transport keeps no account', () => {
    const [, row] = creditTable([{ ...connectionReport('peer'), credit: null }], plain)
    assert.match(row ?? '', /no credit is known/)
  })

  it('says so when there is no connection', () => {
    assert.deepEqual(creditTable([], plain), ['no connections'])
  })
})

describe('shortPeer', () => {
  it('keeps both ends of a long id and leaves a short one alone', () => {
    assert.equal(shortPeer('12D3KooWJrYnmbCFDCAVnmYVFHqTuUzcfWtnY3tHp'), '12D3Ko…nY3tHp')
    assert.equal(shortPeer('peer'), 'peer')
  })
})
