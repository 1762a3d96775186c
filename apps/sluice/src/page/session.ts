import type { PerfResult } from '../services/perf.ts'
import { type Connected, connect } from './connect.ts'
import { CreditFeed } from './credit-feed.ts'
import type { Plan } from './plan.ts'
import { type BothRuns, type EchoMeasurement, type FullReport, NO_CREDITS, type PingMeasurement } from './report.ts'
import { echoBytes, openFromNode, openToNode, type Progress, perfDown, perfUp, pingNode } from './tasks.ts'

/** What the page can do, in the order in which it does everything. */
export interface Results {
  dial: Connected
  ping: PingMeasurement
  echo: EchoMeasurement
  pageToNode: BothRuns
  nodeToPage: BothRuns
  download: PerfResult
  upload: PerfResult
}

export type TaskName = keyof Results

type Tasks = { readonly [Name in TaskName]: (progress: Progress) => Promise<Results[Name]> }

/** The page's connection to its node: made when first needed, and made again when it is gone. */
export class Session {
  readonly plan: Plan
  #connected: Connected | undefined
  #feed: CreditFeed | undefined

  constructor(plan: Plan) {
    this.plan = plan
  }

  /** Called with the feed of each new connection. */
  onFeed: ((feed: CreditFeed, connected: Connected) => void) | undefined

  readonly tasks: Tasks = {
    dial: () => this.#dial(),
    ping: async () => pingNode(await this.#connection(), this.plan),
    echo: async () => echoBytes(await this.#connection(), this.plan),
    pageToNode: async (progress) => openToNode(await this.#connection(), this.plan, progress),
    nodeToPage: async (progress) => openFromNode(await this.#connection(), this.plan, progress),
    download: async () => perfDown(await this.#connection(), this.plan),
    upload: async () => perfUp(await this.#connection(), this.plan),
  }

  /** Both ends' credit, after what is still on its way has arrived. */
  async settle(): Promise<FullReport['credit']> {
    return (await this.#feed?.settle()) ?? NO_CREDITS
  }

  /** Both ends' ledgers, as the node shows its own by the ledger protocol. */
  async ledger(): Promise<FullReport['ledger']> {
    return (await this.#connected?.ledger()) ?? null
  }

  async #dial(): Promise<Connected> {
    this.#feed?.close()
    await this.#connected?.stop()
    this.#connected = undefined
    const connected = await connect()
    this.#connected = connected
    this.#feed = new CreditFeed(connected.connection, connected.peerId)
    this.onFeed?.(this.#feed, connected)
    return connected
  }

  async #connection(): Promise<Connected['connection']> {
    const connected = this.#connected?.connection.status === 'open' ? this.#connected : await this.#dial()
    return connected.connection
  }
}
