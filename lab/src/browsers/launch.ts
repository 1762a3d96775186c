import { once } from 'node:events'
import { existsSync } from 'node:fs'
import puppeteer, { type Browser, type LaunchOptions } from 'puppeteer-core'
import { MissingToolError } from '../errors.ts'
import { within } from '../peers/event-log.ts'

/** A browser that does not end by itself in so many milliseconds is killed. */
const closeWithin = 30_000

export const browserNames = ['chromium', 'firefox'] as const

export type BrowserName = (typeof browserNames)[number]

interface Recipe {
  readonly path: string
  /** The Debian package that has it. */
  readonly debian: string
  readonly options: LaunchOptions
  /** What `BrowserOptions.memory` adds. */
  readonly memory: { readonly args?: readonly string[]; readonly prefs?: Readonly<Record<string, boolean>> }
}

const recipes: Record<BrowserName, Recipe> = {
  chromium: {
    path: '/usr/bin/chromium',
    debian: 'chromium',
    options: {
      browser: 'chrome',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    },
    memory: { args: ['--js-flags=--expose-gc', '--enable-precise-memory-info'] },
  },
  firefox: {
    path: '/usr/bin/firefox-esr',
    debian: 'firefox-esr',
    options: {
      browser: 'firefox',
      extraPrefsFirefox: {
        'app.update.enabled': false,
        'datareporting.policy.dataSubmissionEnabled': false,
        'network.captive-portal-service.enabled': false,
        'network.connectivity-service.enabled': false,
      },
    },
    memory: { prefs: { 'dom.testing.testutils.enabled': true } },
  },
}

export interface LaunchedBrowser {
  readonly name: BrowserName
  readonly browser: Browser
  /** SIGKILL. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface BrowserOptions {
  /** File for the TLS key log (NSS format), so that a capture can be read. */
  readonly keyLog?: string
  /** Lets a page collect garbage and read the exact size of its heap, where the browser has one to tell. */
  readonly memory?: boolean
}

/**
 * Starts a browser of Debian's, headless, with a profile of its own that goes with it.
 *
 * @throws MissingToolError it is not installed: a failure, never a reason to skip
 */
export async function launchBrowser(name: BrowserName, options: BrowserOptions = {}): Promise<LaunchedBrowser> {
  const recipe = recipes[name]
  if (!existsSync(recipe.path)) {
    throw new MissingToolError(`${recipe.path} is missing: apt-get install -y --no-install-recommends ${recipe.debian}`)
  }
  const { args = [], prefs = {} } = options.memory === true ? recipe.memory : {}
  const browser = await puppeteer.launch({
    ...recipe.options,
    args: [...(recipe.options.args ?? []), ...args],
    ...(recipe.options.extraPrefsFirefox && { extraPrefsFirefox: { ...recipe.options.extraPrefsFirefox, ...prefs } }),
    executablePath: recipe.path,
    headless: true,
    // The lab ends on these signals itself, and the browser with it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    protocolTimeout: 600_000,
    ...(options.keyLog === undefined ? {} : { env: { ...process.env, SSLKEYLOGFILE: options.keyLog } }),
  })
  const kill = async (): Promise<void> => {
    const child = browser.process()
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  return {
    name,
    browser,
    kill,
    close: async () => {
      try {
        await within(browser.close(), closeWithin, `closing ${name}`)
      } catch (error) {
        await kill()
        throw error
      }
    },
  }
}
