import { MEASURING, readArguments, wholeNumber } from '../command-line.ts'
import { keep } from '../docs/kept.ts'
import { UsageError } from '../errors.ts'
import { failureLines, resultText } from '../result-text.ts'
import { barePair } from './bare-pair.ts'
import { nodePair, pagePair } from './libp2p-pair.ts'
import type { SoakPair } from './pair.ts'
import { type Sample, type SoakFigures, type SoakResult, soak } from './run.ts'
import { sessionPair } from './session-pair.ts'

const usage = `usage: npm run soak -- [options]

Sends streams through one connection in both directions, a hundred at once: a message and FIN, an answer and FIN. Looks at
the memory of both ends, after a garbage collection, at even numbers of streams. Exit code 1 when a stream is lost, when
one is still alive at the end, or when memory grows with the number of streams.

  --streams COUNT   streams in each direction (default 100000 on Node, 20000 in a browser)
  --cell NAME       only cells whose name begins with NAME; may be repeated
  --keep            keep the figures in lab/results/soak.json, from which npm run docs:loads makes docs/loads.md
  --json            one JSON object a cell on standard output instead of text

cells: node/session (WebTransport sessions), node/libp2p (newStream), chromium, firefox (a page and our node). Before a browser's
cell a quarter of its streams goes through its own WebTransport with nothing of ours in the page: what the browser's
processes keep of those, they may keep of ours. Only by name: bare/chromium, bare/firefox, that alone.
`

interface Cell {
  readonly name: string
  /** Streams in each direction when nobody says how many. */
  readonly streams: number
  start(): Promise<SoakPair>
  /** The same without us: what its page keeps is not our doing. */
  readonly control?: () => Promise<SoakPair>
  /** Runs only when it is asked for. */
  readonly byName?: true
}

/** What share of the streams a control gets. */
const controlShare = 1 / 4
/** Which of a control's growths is the platform's: the heap is ours alone. */
const platforms = 'page resident'

const cells: readonly Cell[] = [
  { name: 'node/session', streams: 100_000, start: sessionPair },
  { name: 'node/libp2p', streams: 100_000, start: nodePair },
  { name: 'chromium', streams: 20_000, start: () => pagePair('chromium'), control: () => barePair('chromium') },
  { name: 'firefox', streams: 20_000, start: () => pagePair('firefox'), control: () => barePair('firefox') },
  { name: 'bare/chromium', streams: 20_000, start: () => barePair('chromium'), byName: true },
  { name: 'bare/firefox', streams: 20_000, start: () => barePair('firefox'), byName: true },
]

/** Runs `soak` with these arguments and says with which exit code to end. */
export async function soakCommand(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, {
    options: {
      streams: { type: 'string' },
      cell: { type: 'string', multiple: true },
      ...MEASURING,
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const asked = values.streams === undefined ? undefined : wholeNumber('--streams', values.streams)
  const chosen = cells.filter(
    ({ name, byName }) => values.cell?.some((one) => name.startsWith(one)) ?? byName === undefined,
  )
  if (chosen.length === 0) {
    throw new UsageError(`no cell has such a name; there are ${cells.map(({ name }) => name).join(', ')}`)
  }
  let ok = true
  for (const cell of chosen) {
    const result = await runCell(cell, asked ?? cell.streams)
    if (values.json) console.log(JSON.stringify({ cell: cell.name, ...result }))
    else printText(cell.name, result)
    if (values.keep) keep('soak', cell.name, figuresOf(result))
    ok &&= result.ok
  }
  return ok ? 0 : 1
}

/** Without the samples. */
function figuresOf({ samples: _, ...figures }: SoakResult): SoakFigures {
  return figures
}

async function runCell(cell: Cell, streams: number): Promise<SoakResult> {
  const kept: Record<string, number> = {}
  if (cell.control !== undefined) {
    const count = Math.max(1, Math.round(streams * controlShare))
    const { growth } = await runPair(`${cell.name}, control`, await cell.control(), count, {})
    kept[platforms] = growth[platforms]?.slope ?? 0
  }
  return await runPair(cell.name, await cell.start(), streams, kept)
}

async function runPair(
  name: string,
  pair: SoakPair,
  streams: number,
  control: Readonly<Record<string, number>>,
): Promise<SoakResult> {
  try {
    return await soak(pair, streams, control, (sample, perSecond) => showProgress(name, streams, sample, perSecond))
  } finally {
    await pair.close()
  }
}

function showProgress(cell: string, streams: number, sample: Sample, perSecond: number): void {
  const memory = Object.entries(sample.memory).map(
    ([end, { heap, resident }]) => `${end} heap ${mebibytes(heap)} resident ${mebibytes(resident)}`,
  )
  console.error(
    `${cell}: ${sample.streams} of ${streams * 2} streams, ${Math.round(perSecond)}/s, ${memory.join(', ')} MiB`,
  )
}

function printText(cell: string, { ok, answered, lost, perSecond, live, growth, failures }: SoakResult): void {
  console.log(
    resultText(ok, `${cell}: ${answered} streams answered, ${lost} lost, ${perSecond}/s`, [
      `live at the end: ${JSON.stringify(live)}`,
      ...Object.entries(growth).map(
        ([what, { slope, bound }]) => `${what}: ${slope.toFixed(2)} bytes a stream (at most ${bound.toFixed(1)})`,
      ),
      ...failureLines(failures),
    ]),
  )
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? '-' : (bytes / 1024 ** 2).toFixed(1)
}
