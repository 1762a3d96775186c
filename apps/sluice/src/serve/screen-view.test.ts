import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { screenView } from './screen-view.ts'
import { connectionReport } from './testing.ts'

/** What stands on a terminal of this size after everything that was written to it. */
class Terminal extends Writable {
  readonly rows: number
  readonly columns: number
  readonly lines: string[] = []

  constructor(rows: number, columns: number) {
    super({ decodeStrings: false })
    this.rows = rows
    this.columns = columns
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    // What is drawn anew begins with: so many lines up, and wipe the rest.
    if (text.startsWith('\x1b[')) this.lines.splice(-Number.parseInt(text.slice(2), 10))
    assert.ok(text.endsWith('\n'))
    this.lines.push(...stripVTControlCharacters(text.slice(0, -1)).split('\n'))
    done()
  }
}

function screen(rows = 24, columns = 120) {
  const terminal = new Terminal(rows, columns)
  return { terminal, view: screenView(terminal as unknown as NodeJS.WriteStream) }
}

describe('screenView', () => {
  it('draws the table anew in its place, below all that has happened', () => {
    const { terminal, view } = screen()
    view.listening({ peerId: 'node', addresses: ['/one'], page: 'http://127.0.0.1:1/' })
    const one = connectionReport('peer-a', 2, 1)
    view.opened(one)
    view.credit([one], [one])
    view.credit([connectionReport('peer-a', 5, 5)], [connectionReport('peer-a', 5, 5)])
    const text = terminal.lines.join('\n')
    assert.equal(text.match(/connection +streams/g)?.length, 1)
    assert.match(text, /sluice serves node\n\n {2}\/one\n\nopen http:\/\/127\.0\.0\.1:1\/ in a browser/)
    assert.match(text, /peer-a connected, inbound.*theirs +100 +5 +5 +0 +95/s)
  })

  it('never draws a table that is higher than the window, nor a line that wraps', () => {
    const { terminal, view } = screen(8, 40)
    const many = Array.from({ length: 20 }, (_, index) => connectionReport(`peer-${index}`))
    view.credit(many, many)
    view.credit(many, many)
    assert.ok(terminal.lines.length <= 6)
    assert.ok(terminal.lines.every((line) => line.length <= 40))
    assert.match(terminal.lines.at(-1) ?? '', /more lines/)
  })

  it('works on a terminal that does not tell its size', () => {
    const { terminal, view } = screen(0, 0)
    view.credit([connectionReport('a')], [connectionReport('a')])
    assert.match(terminal.lines.join('\n'), /theirs +100/)
  })

  it('says that the node stops, and what has become of a connection', () => {
    const { terminal, view } = screen()
    view.closed(connectionReport('peer-a', 3, 2))
    view.readdressed(['/two'])
    view.stopping()
    assert.match(terminal.lines.join('\n'), /peer-a gone: .*2 of 3 of their streams retired.*\/two.*stopping/s)
  })
})
