import type { AccountSnapshot, CreditLayer, CreditSnapshot, Opener, Verdict } from '@sluice/credit'
import { element } from './dom.ts'
import { count } from './format.ts'
import { type BothCredits, NO_CREDITS } from './report.ts'
import { Sawtooth } from './sawtooth.ts'

const COLUMNS = ['limit', 'opened', 'retired', 'live', 'available', 'waiting'] as const

/** Who opens the streams of an account: each end calls itself `us`. */
interface Side {
  readonly title: string
  readonly page: Opener
  readonly node: Opener
}

const SIDES: readonly Side[] = [
  { title: 'Streams that this page opens', page: 'us', node: 'them' },
  { title: 'Streams that the node opens', page: 'them', node: 'us' },
]

/** The live stream credit of the connection: for each opener the page's own count above the node's exact accounts. */
export class CreditPanel {
  readonly element: HTMLElement
  readonly #verdicts = element('div', { class: 'verdicts' })
  readonly #sides: ReadonlyArray<{ side: Side; body: HTMLElement; graph: Sawtooth }>

  constructor() {
    this.#sides = SIDES.map((side) => ({ side, body: element('tbody'), graph: new Sawtooth() }))
    this.element = element(
      'section',
      { class: 'credit' },
      element('h2', {}, 'Stream credit, live'),
      element(
        'p',
        { class: 'explanation' },
        'A limit counts every stream ever opened. It is raised only for streams whose two halves are over: what stays ' +
          'live is credit that somebody sits on. The node’s QUIC account holds one stream more than the session, the ' +
          'CONNECT stream, which lives as long as the session does.',
      ),
      this.#verdicts,
      ...this.#sides.map(({ side, body, graph }) =>
        element('div', { class: 'side' }, element('h3', {}, side.title), table(body), graph.element),
      ),
    )
    this.show(NO_CREDITS)
  }

  show({ page, node, verdicts }: BothCredits): void {
    this.#verdicts.replaceChildren(...verdictLine('page', verdicts.page), ...verdictLine('node', verdicts.node))
    for (const { side, body, graph } of this.#sides) {
      const exact = find(node, 'quic', side.node)
      body.replaceChildren(
        row('page', find(page, 'quic', side.page)),
        row('node, session', find(node, 'session', side.node)),
        row('node, QUIC', exact),
      )
      if (exact !== undefined) graph.add(exact)
    }
  }
}

/** What an end says that is wrong; nothing while nothing is. */
function verdictLine(end: string, verdict: Verdict | null): HTMLElement[] {
  if (verdict === null || verdict.code === 'healthy') return []
  const tone = verdict.harmless ? 'verdict harmless' : 'verdict'
  return [element('p', { class: tone }, `${end}: ${verdict.code}: ${verdict.summary}`)]
}

/** The account of bidirectional streams: libp2p uses no others. */
function find(credit: CreditSnapshot | null, layer: CreditLayer, opener: Opener): AccountSnapshot | undefined {
  return credit?.accounts.find((account) => {
    return account.layer === layer && account.kind === 'bidi' && account.opener === opener
  })
}

function table(body: HTMLElement): HTMLElement {
  const titles = ['', ...COLUMNS].map((title) => element('th', {}, title))
  return element('table', {}, element('thead', {}, element('tr', {}, ...titles)), body)
}

function row(title: string, account: AccountSnapshot | undefined): HTMLElement {
  const cells = COLUMNS.map((column) => {
    const value = account?.[column] ?? null
    const hidden = value === null ? 'no such limit, or a browser hides it' : ''
    return element('td', { class: tone(column, account), title: hidden }, value === null ? '–' : count(value))
  })
  return element('tr', {}, element('th', {}, title), ...cells)
}

function tone(column: (typeof COLUMNS)[number], account: AccountSnapshot | undefined): string {
  if (account === undefined || account[column] === null) return 'unknown'
  const short = column === 'available' && account.available === 0
  const waits = column === 'waiting' && account.waiting > 0
  const live = column === 'live' && account.live > 0
  return `${column}${short || waits ? ' short' : ''}${live ? ' alive' : ''}`
}
