import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { FullReport, Report } from '@sluice/cli'
import { type BrowserName, browserNames, type LaunchedBrowser, launchBrowser } from '../browsers/launch.ts'
import { PeerGoneError } from '../errors.ts'
import { repository } from '../paths.ts'
import { within } from '../peers/event-log.ts'
import { type Check, demand } from './check.ts'
import type { Load } from './libp2p-pair.ts'

const startWithin = 60_000
const reportWithin = 600_000
const endWithin = 15_000

/** What `npm start` runs, and a browser for its page. */
export interface PagePair {
  readonly load: Load
  readonly launched: LaunchedBrowser
  /** Where the page is. */
  readonly url: string
  readonly serve: ChildProcessByStdio<null, Readable, null>
  close(): Promise<void>
}

export const pageChecks: readonly Check<PagePair>[] = [
  { name: 'the page runs everything by itself', run: runPage },
  { name: 'SIGTERM ends it with exit code 0', run: terminate },
]

/** Starts the command as a script would, and a browser. */
export async function openPage(browser: string, load: Load): Promise<PagePair> {
  const name = browserNames.find((one): one is BrowserName => one === browser)
  if (name === undefined) throw new RangeError(`no browser is called ${browser}; there are ${browserNames.join(', ')}`)
  const main = join(repository, 'apps', 'sluice', 'src', 'main.ts')
  const args = ['--conditions=@sluice/source', main, 'serve', '--json', '--port', '0', '--page-port', '0']
  const serve = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async (): Promise<void> => {
    if (serve.exitCode !== null || serve.signalCode !== null) return
    const exited = once(serve, 'exit')
    serve.kill('SIGKILL')
    await exited
  }
  try {
    const url = await within(pageOf(serve.stdout), startWithin, 'the listening line of sluice serve')
    const launched = await launchBrowser(name)
    const close = async (): Promise<void> => {
      await launched.close()
      await stop()
    }
    return { load, launched, url, serve, close }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The first line on stdout says where the page is. */
async function pageOf(stdout: Readable): Promise<string> {
  const lines = createInterface({ input: stdout })
  for await (const line of lines) {
    const first = JSON.parse(line) as { event: string; page: string }
    // Later lines have to go somewhere, or the pipe fills up.
    stdout.resume()
    if (first.event === 'listening') return first.page
    break
  }
  throw new PeerGoneError('the first line of sluice serve does not say where it listens')
}

async function runPage({ launched, url, load }: PagePair) {
  const page = await within(launched.browser.newPage(), startWithin, `a new tab in ${launched.name}`)
  await page.goto(`${url}?auto&streams=${load.streams}&echo=${load.bytes}`, { timeout: startWithin })
  await within(
    page.waitForFunction('window.sluice?.report !== undefined', { timeout: reportWithin }),
    reportWithin,
    'the report of the page',
  )
  const report = (await page.evaluate('window.sluice.report')) as Report
  demand(!('error' in report), 'the page gave up', { ...report })
  const runs = [report.pageToNode, report.nodeToPage].flatMap(({ sequential, concurrent }) => [sequential, concurrent])
  const figures = { milliseconds: report.milliseconds, runs, perf: report.perf, ledger: ledgerOf(report) }
  demand(
    runs.every(({ done, failed }) => done === load.streams && failed === 0),
    'not every stream was answered',
    figures,
  )
  demand(report.credit.settled, 'streams are alive after all is done', figures)
  return figures
}

/** The node's account of the session's streams. */
function ledgerOf({ credit }: FullReport) {
  return credit.node?.accounts
    .filter(({ layer, opened }) => layer === 'session' && opened > 0)
    .map(({ kind, opener, opened, retired, live }) => ({ kind, opener, opened, retired, live }))
}

async function terminate({ serve }: PagePair) {
  const exited = once(serve, 'exit')
  serve.kill('SIGTERM')
  const [code, signal] = await within(exited, endWithin, 'the end of sluice serve')
  demand(code === 0, 'sluice serve ended otherwise', { code, signal })
  return { code }
}
