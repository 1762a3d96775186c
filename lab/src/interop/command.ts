import { readArguments, wholeNumber } from '../command-line.ts'
import { judgedLine } from '../result-text.ts'
import { type Cell, cellName, requiredCells } from './cells.ts'
import type { Outcome } from './check.ts'
import { runInterop } from './run.ts'

const usage = `usage: npm run interop -- [options]

Runs the pairs of lab/required.json through their lists of checks. Exit code 1 when one fails that
lab/expected-failures.json does not name.

  --only TEXT       only cells whose name contains TEXT; may be repeated
  --check TEXT      only checks whose name contains TEXT; may be repeated
  --pair A,B        a libp2p pair that need not be required, dialer first, e.g. chromium/stock,go/v0.51.0
  --list            print the names of the cells and end
  --json            one JSON object a line instead of text
  --jobs COUNT      cells under way at once (default 2)
  --streams COUNT   streams of each stream check (default 5000)
  --bytes COUNT     bytes of the echo check (default 10485760)
`

/** Runs `interop` with these arguments and says with which exit code to end. @throws UsageError */
export async function interop(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    options: {
      only: { type: 'string', multiple: true },
      check: { type: 'string', multiple: true },
      pair: { type: 'string', multiple: true },
      list: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      jobs: { type: 'string', default: '2' },
      streams: { type: 'string', default: '5000' },
      bytes: { type: 'string', default: String(10 * 1024 * 1024) },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const cells = chosen(values.only, values.pair)
  if (values.list) {
    for (const cell of cells) console.log(cellName(cell))
    return 0
  }
  if (cells.length === 0) {
    console.error('no cell has such a name; --list prints them')
    return 2
  }
  const print = values.json ? (outcome: Outcome) => console.log(JSON.stringify(outcome)) : printText
  const load = { streams: wholeNumber('--streams', values.streams), bytes: wholeNumber('--bytes', values.bytes) }
  const { failed, expected, passed } = await runInterop({
    cells,
    checks: values.check,
    load,
    jobs: wholeNumber('--jobs', values.jobs),
    report: print,
  })
  console.error(`${passed} checks passed, ${expected.length} failed as expected, ${failed.length} failed`)
  for (const { cell, check } of failed) console.error(`failed: ${cell} / ${check}`)
  return failed.length === 0 ? 0 : 1
}

function chosen(only: readonly string[] | undefined, pairs: readonly string[] | undefined): Cell[] {
  if (pairs !== undefined) {
    return pairs.map((pair) => {
      const [dialer = '', listener = ''] = pair.split(',')
      return { suite: 'libp2p', dialer, listener }
    })
  }
  return requiredCells().filter((cell) => only === undefined || only.some((text) => cellName(cell).includes(text)))
}

function printText({ cell, check, ok, milliseconds, figures, error }: Outcome): void {
  const head = judgedLine(ok, `${cell} / ${check} (${milliseconds} ms)`)
  console.log(`${head}${error === undefined ? '' : `: ${error}`} ${JSON.stringify(figures)}`)
}
