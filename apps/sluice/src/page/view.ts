import type { Connected } from './connect.ts'
import { CreditPanel } from './credit-panel.ts'
import { element } from './dom.ts'
import { bytes, count } from './format.ts'
import { outcomes } from './outcome.ts'
import type { Plan } from './plan.ts'
import type { BothCredits, ReportedError } from './report.ts'
import type { Results, TaskName } from './session.ts'
import { TaskCard } from './task-card.ts'

/** What the user may ask for. */
export interface ViewActions {
  run(task: TaskName): void
  runAll(): void
}

/** The page as it is seen. */
export class View {
  readonly #cards: ReadonlyMap<TaskName, TaskCard>
  readonly #all: HTMLButtonElement
  readonly #status = element('span', { class: 'status' }, 'not connected')
  readonly #facts = element(
    'dl',
    { class: 'facts' },
    element(
      'dt',
      {},
      'Run everything, or one thing at a time; the first of them dials the node that serves this page.',
    ),
  )
  readonly #credit = new CreditPanel()

  constructor(plan: Plan, actions: ViewActions) {
    this.#cards = new Map(
      tasks(plan).map(({ name, title, explanation }) => [
        name,
        new TaskCard(title, explanation, () => actions.run(name)),
      ]),
    )
    this.#all = element('button', { class: 'primary', onclick: actions.runAll }, 'Run everything')
    const cards = [...this.#cards.values()].map((card) => card.element)
    document.body.append(
      element('header', { class: 'top' }, element('h1', {}, 'Sluice'), this.#status, this.#all),
      this.#facts,
      element('main', {}, element('section', { class: 'tasks' }, ...cards), this.#credit.element),
    )
  }

  /** Nothing can be started while something runs: the figures of two tasks at once would mean nothing. */
  set busy(busy: boolean) {
    this.#all.disabled = busy
    for (const card of this.#cards.values()) card.enabled = !busy
  }

  running(task: TaskName, progress?: string): void {
    this.#cards.get(task)?.running(progress)
  }

  done<Name extends TaskName>(task: Name, result: Results[Name]): void {
    this.#cards.get(task)?.done(outcomes[task](result))
  }

  failed(task: TaskName, error: ReportedError): void {
    this.#cards.get(task)?.failed(error)
  }

  connected({ node, peerId, connection }: Connected): void {
    const facts = [
      ['node', node.peerId],
      ['address', connection.remoteAddr.toString()],
      ['this page', peerId],
    ] as const
    this.#facts.replaceChildren(
      ...facts.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value))),
    )
    this.#setStatus('connected')
    connection.addEventListener('close', ({ error }) => this.#setStatus('disconnected', error?.message))
  }

  credit(credit: BothCredits): void {
    this.#credit.show(credit)
  }

  #setStatus(status: string, reason?: string): void {
    this.#status.textContent = reason === undefined ? status : `${status}: ${reason}`
    this.#status.dataset.state = status
  }
}

interface TaskText {
  readonly name: TaskName
  readonly title: string
  readonly explanation: string
}

function tasks(plan: Plan): TaskText[] {
  const streams = `${count(plan.streams)} echo streams of ${bytes(plan.bytes)}, one by one and then all at once`
  return [
    { name: 'dial', title: 'Dial', explanation: 'By certificate hash, Noise, upgrade; with a fresh identity' },
    { name: 'ping', title: 'Ping', explanation: `${plan.pings} round trips on one stream` },
    { name: 'echo', title: 'Echo', explanation: `${bytes(plan.echo)} of random bytes, compared by SHA-256` },
    { name: 'pageToNode', title: 'Page opens streams', explanation: streams },
    { name: 'nodeToPage', title: 'Node opens streams', explanation: streams },
    { name: 'download', title: 'Perf, down', explanation: `${bytes(plan.perf)} from the node` },
    { name: 'upload', title: 'Perf, up', explanation: `${bytes(plan.perf)} to the node` },
  ]
}
