import { stripVTControlCharacters, styleText } from 'node:util'
import type { ConnectionReport } from './connection-report.ts'
import { creditTable, type Paint } from './credit-table.ts'
import { banner, closedLine, ledgerLine, openedLine } from './text-view.ts'
import type { View } from './view.ts'

/** Cursor to column 1 of the line `lines` above, and everything from there on wiped. */
const wipe = (lines: number): string => (lines === 0 ? '' : `\x1b[${lines}F\x1b[J`)

/** A terminal: the log scrolls, and below it stands one table that is drawn anew. */
export function screenView(terminal: NodeJS.WriteStream): View {
  const paint: Paint = (format, text) => styleText(format, text, { stream: terminal })
  let shown: readonly ConnectionReport[] = []
  let drawn = 0

  const draw = (above = ''): void => {
    // One line stays free for the cursor; a table higher than the window could not be wiped.
    const room = Math.max(2, (terminal.rows || 24) - 2)
    const table = creditTable(shown, paint)
    const lines =
      table.length <= room ? table : [...table.slice(0, room - 1), `… ${table.length - room + 1} more lines`]
    terminal.write(`${wipe(drawn)}${above}${lines.map((line) => fit(line, terminal.columns || 80)).join('\n')}\n`)
    drawn = lines.length
  }

  return {
    listening: (node) => draw(banner(node, paint)),
    readdressed: (addresses) => draw(`the addresses are now\n${addresses.map((address) => `  ${address}\n`).join('')}`),
    opened: (connection) => draw(`${openedLine(connection)}\n`),
    closed: (connection) => draw(`${closedLine(connection)}\n`),
    credit(_changed, all) {
      shown = all
      draw()
    },
    ledger: (report) => draw(`${ledgerLine(report)}\n`),
    stopping: () => draw('stopping\n'),
  }
}

/** A line that would wrap counts as two when it is wiped: it is cut instead, and loses its colours. */
function fit(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line)
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`
}
