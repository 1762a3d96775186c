import { fileURLToPath } from 'node:url'
import type { Page } from 'puppeteer-core'
import { type BrowserName, launchBrowser } from '../browsers/launch.ts'
import { servePage } from '../browsers/page-server.ts'
import { residentOfTree } from '../browsers/resident.ts'
import { CheckFailedError } from '../errors.ts'
import { within } from '../peers/event-log.ts'
import { startSessionProcess } from '../session/process.ts'
import type { SoakEnd, SoakPair } from './pair.ts'
import { sessionEnd } from './session-pair.ts'

const startWithin = 30_000
const answerWithin = 30_000
/** What a page may take over a command's own timeout before we give up on it. */
const grace = 5_000

/** A page with the browser's own WebTransport and nothing of ours, and our server: what the browser itself keeps. */
export async function barePair(name: BrowserName): Promise<SoakPair> {
  const listener = startSessionProcess(['serve'])
  const listening = await listener.started('listening', startWithin)
  if (listening.event !== 'listening') throw new RangeError('the first line of a server is where it listens')
  const server = await servePage(fileURLToPath(new URL('../browsers/page/bare.ts', import.meta.url)))
  const launched = await launchBrowser(name, { memory: true })
  const { pid } = launched.browser.process() ?? {}
  if (pid === undefined) throw new CheckFailedError(`${name} has no process of its own`)
  const page = await within(launched.browser.newPage(), startWithin, `a new tab in ${name}`)
  await page.goto(server.url, { timeout: startWithin })
  await page.waitForFunction('window.bare !== undefined', { timeout: startWithin })
  const url = `https://127.0.0.1:${listening.port}/soak`
  const hash = [...Buffer.from(listening.certificateHash, 'hex')]
  await within(
    page.evaluate(async (to, of) => await window.bare?.dial(to, of), url, hash),
    startWithin,
    'dialing',
  )
  return {
    ends: [pageEnd(page, pid), sessionEnd('listener', listener)],
    close: async () => {
      await launched.close()
      await server.close()
      await listener.stop()
    },
  }
}

function pageEnd(page: Page, pid: number): SoakEnd {
  return {
    name: 'page',
    streams: async (options) => {
      const call = page.evaluate(async (given) => await window.bare?.streams(given), options)
      return present(await within(call, (options.timeout ?? answerWithin) + grace, 'streams of the page'))
    },
    memory: async () => {
      const call = page.evaluate(async () => await window.bare?.memory())
      return { ...present(await within(call, answerWithin, 'memory of the page')), resident: residentOfTree(pid) }
    },
    live: async () =>
      present(
        await within(
          page.evaluate(() => window.bare?.live()),
          answerWithin,
          'live of the page',
        ),
      ),
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new CheckFailedError('the page lost its program')
  return value
}
