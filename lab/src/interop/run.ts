import { abandonChecks } from '../abandon/checks.ts'
import { type Cell, cellName, expectedFailures } from './cells.ts'
import { type Check, type Outcome, type Renewable, runChecks } from './check.ts'
import { type Contestant, contestant, hastyContestant } from './contestants.ts'
import { connectFlowControlPair, flowControlChecks } from './flow-control-cell.ts'
import { libp2pChecks } from './libp2p-checks.ts'
import { Libp2pPair, type Load } from './libp2p-pair.ts'
import { openPage, pageChecks } from './page-cell.ts'
import { connectResetPair, resetChecks } from './reset-cell.ts'
import { connectSessionPair, sessionChecks } from './session-cell.ts'

export interface InteropOptions {
  readonly cells: readonly Cell[]
  /** Only checks whose name contains one of these; absent: all. */
  readonly checks?: readonly string[] | undefined
  readonly load: Load
  /** Cells under way at once: most of a cell's time is waiting for idle timeouts. */
  readonly jobs: number
  /** Called with each outcome as it is known. */
  readonly report: (outcome: Outcome) => void
}

export interface InteropResult {
  /** Outcomes that are not ok and not expected. */
  readonly failed: readonly Outcome[]
  /** Outcomes that are not ok, as `lab/expected-failures.json` says. */
  readonly expected: readonly Outcome[]
  readonly passed: number
}

/** Runs the cells, each with peers of its own. */
export async function runInterop({ cells, checks, load, jobs, report }: InteropOptions): Promise<InteropResult> {
  const outcomes: Outcome[] = []
  const queue = [...cells]
  const worker = async (): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      await runCell(cell, load, {
        name: cellName(cell),
        wanted: (check) => checks === undefined || checks.some((text) => check.includes(text)),
        report: (outcome) => {
          outcomes.push(outcome)
          report(outcome)
        },
      })
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  const known = expectedFailures()
  const isKnown = ({ cell, check }: Outcome): boolean => known.some((one) => one.cell === cell && one.check === check)
  const bad = outcomes.filter(({ ok }) => !ok)
  return {
    failed: bad.filter((outcome) => !isKnown(outcome)),
    expected: bad.filter(isKnown),
    passed: outcomes.length - bad.length,
  }
}

/** How a cell is run. */
interface CellRun {
  readonly name: string
  /** Whether a check of this name is to be run. */
  wanted(check: string): boolean
  report(outcome: Outcome): void
}

async function runCell(cell: Cell, load: Load, run: CellRun): Promise<void> {
  const start = performance.now()
  try {
    switch (cell.suite) {
      case 'libp2p':
        await runPair(run, pairOf(contestant, cell, load), libp2pChecks)
        break
      case 'abandon':
        await runPair(run, pairOf(hastyContestant, cell, load), abandonChecks)
        break
      case 'webtransport':
        await runPair(run, await connectSessionPair(cell.dialer, cell.listener, load), sessionChecks)
        break
      case 'flow-control':
        await runPair(run, await connectFlowControlPair(cell.dialer), flowControlChecks)
        break
      case 'page':
        await runPair(run, await openPage(cell.dialer, load), pageChecks)
        break
      case 'reset-stream-at':
        await runPair(run, await connectResetPair(cell.dialer, cell.loss), resetChecks)
        break
    }
  } catch (error) {
    const milliseconds = Math.round(performance.now() - start)
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    run.report({ cell: run.name, check: 'start and end', ok: false, milliseconds, figures: {}, error: text })
  }
}

function pairOf(make: (name: string) => Contestant, { dialer, listener }: Cell, load: Load): Libp2pPair {
  return new Libp2pPair(make(dialer), make(listener), load)
}

async function runPair<Pair extends Renewable & { close(): Promise<void> }>(
  { name, wanted, report }: CellRun,
  pair: Pair,
  checks: readonly Check<Pair>[],
): Promise<void> {
  try {
    await runChecks(
      name,
      pair,
      checks.filter((check) => wanted(check.name)),
      report,
    )
  } finally {
    await pair.close()
  }
}
