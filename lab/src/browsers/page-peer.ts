import type { Page } from 'puppeteer-core'
import { CommandFailedError, PeerGoneError } from '../errors.ts'
import type { CommandName, Commands, PeerEvent } from '../peers/commands.ts'
import { EventLog, within } from '../peers/event-log.ts'
import type { Peer } from '../peers/peer.ts'
import type { LaunchedBrowser } from './launch.ts'

const startWithin = 30_000
const closeWithin = 10_000
/** What a page may take over the command's own timeout before we give up on it. */
const grace = 5_000

type Outcome = { readonly result: unknown } | { readonly error: string }

/** A libp2p node in a tab. The tab can hang or crash, so every call into it has a bound. */
export class PagePeer implements Peer {
  readonly name: string
  readonly addresses: readonly string[] = []
  readonly events: EventLog<PeerEvent> = new EventLog()
  /** Errors that the page wrote to its console or did not catch. */
  readonly complaints: string[] = []
  readonly #page: Page
  /** Rejects when the tab crashes: no answer comes from it any more. */
  readonly #crash = Promise.withResolvers<never>()
  #peerId = ''

  private constructor(name: string, page: Page) {
    this.name = name
    this.#page = page
    this.#crash.promise.catch(() => {})
  }

  /** Opens `url` in a new tab and waits until its node runs. @throws LabTimeoutError, PeerGoneError */
  static async open(launched: LaunchedBrowser, url: string): Promise<PagePeer> {
    const page = await within(launched.browser.newPage(), startWithin, `a new tab in ${launched.name}`)
    const peer = new PagePeer(launched.name, page)
    page.on('console', (message) => {
      if (message.type() === 'error') peer.complaints.push(message.text())
    })
    page.on('pageerror', (error) => peer.complaints.push(String(error)))
    page.on('close', () => peer.events.end())
    page.on('error', () => peer.#crashed())
    // A new tab of Firefox may still be in the browser's own process, where nothing can be run; a page of the web is not.
    await page.goto(new URL('empty', url).href, { timeout: startWithin })
    await page.exposeFunction('labReport', (event: PeerEvent) => peer.events.push(event))
    await page.goto(url, { timeout: startWithin })
    const listening = await peer.events.wait('listening', 0, startWithin)
    peer.#peerId = listening.peerId
    return peer
  }

  get peerId(): string {
    return this.#peerId
  }

  async request<N extends CommandName>(command: N, options: Commands[N]['options']): Promise<Commands[N]['result']> {
    const timeout = options.timeout ?? 60_000
    const call = this.#page.evaluate(
      async (name, given): Promise<Outcome> => {
        try {
          if (window.lab === undefined) return { error: 'the page has no node' }
          return { result: await window.lab.request(name, given) }
        } catch (error) {
          return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
        }
      },
      command as CommandName,
      { ...options, timeout } as Commands[CommandName]['options'],
    )
    // What the page itself throws is an outcome: here nothing could be run in it.
    const gone = (cause: unknown): never => {
      throw new PeerGoneError(`nothing can be run in the tab of ${this.name}: it crashed or was closed`, { cause })
    }
    const outcome = await within(
      Promise.race([call.catch(gone), this.#crash.promise]),
      timeout + grace,
      `${this.name} ${command}`,
    )
    if ('error' in outcome) throw new CommandFailedError(`${this.name}: ${outcome.error}`, { remote: true })
    return outcome.result as Commands[N]['result']
  }

  #crashed(): void {
    this.#crash.reject(new PeerGoneError(`the tab of ${this.name} crashed`))
    this.events.end()
  }

  /** Closes the tab without running what the page would do at its end. */
  async kill(): Promise<void> {
    if (this.#page.isClosed()) return
    await within(this.#page.close({ runBeforeUnload: false }), closeWithin, `closing the tab of ${this.name}`)
  }

  async stop(): Promise<void> {
    await this.kill()
  }
}
