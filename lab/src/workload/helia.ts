import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { type BrowserName, launchBrowser } from '../browsers/launch.ts'
import { servePage } from '../browsers/page-server.ts'
import { CommandFailedError } from '../errors.ts'
import { within } from '../peers/event-log.ts'
import { LineProcess } from '../peers/line-process.ts'
import type { HeliaCommands, HeliaEvent } from './commands.ts'
import { workloadFolder } from './install.ts'

const startWithin = 30_000
/** What a page may take over the command's own timeout before we give up on it. */
const grace = 5_000

/** A Helia node under the lab's control. */
export interface Helia {
  request<N extends keyof HeliaCommands>(
    command: N,
    options: HeliaCommands[N]['options'],
  ): Promise<HeliaCommands[N]['result']>
  close(): Promise<void>
}

/** Helia on our Node transport, in a process of its own. */
export async function startNodeHelia(): Promise<Helia> {
  const args = ['--conditions=@sluice/source', join(workloadFolder, 'src/node.ts')]
  const peer = new LineProcess<HeliaCommands, HeliaEvent>('helia', process.execPath, args)
  await peer.started('listening', startWithin)
  return { request: async (command, options) => await peer.request(command, options), close: () => peer.stop() }
}

/** Helia in a page, over our transport or over `@libp2p/webtransport`. */
export async function startPageHelia(name: BrowserName, transport: 'sluice' | 'stock'): Promise<Helia> {
  const server = await servePage(join(workloadFolder, `src/page-${transport}.ts`))
  const launched = await launchBrowser(name)
  const close = async (): Promise<void> => {
    await launched.close()
    await server.close()
  }
  try {
    const page = await within(launched.browser.newPage(), startWithin, `a new tab in ${name}`)
    page.on('pageerror', (error) => console.error(`${name}: ${error}`))
    await page.goto(server.url, { timeout: startWithin })
    await page.waitForFunction('window.workload !== undefined', { timeout: startWithin })
    return { request: async (command, options) => await ask(page, name, command, options), close }
  } catch (error) {
    await close()
    throw error
  }
}

type Answer = { readonly result: unknown } | { readonly error: string }

async function ask<N extends keyof HeliaCommands>(
  page: Page,
  name: string,
  command: N,
  options: HeliaCommands[N]['options'],
): Promise<HeliaCommands[N]['result']> {
  const timeout = options.timeout ?? 60_000
  const call = page.evaluate(callInPage, command as string, options)
  const answer = await within(call, timeout + grace, `helia in ${name}: ${command}`)
  if ('error' in answer) throw new CommandFailedError(`helia in ${name}: ${answer.error}`, { remote: true })
  return answer.result as HeliaCommands[N]['result']
}

/** What lab/workload puts into the page. */
interface WorkloadWindow {
  readonly workload?: { request(command: string, options: unknown): Promise<unknown> }
}

/** Runs in the page: nothing from outside it is there. */
async function callInPage(command: string, options: unknown): Promise<Answer> {
  try {
    const { workload } = window as unknown as WorkloadWindow
    if (workload === undefined) return { error: 'the page has no node' }
    return { result: await workload.request(command, options) }
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
