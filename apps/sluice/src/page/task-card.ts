import { element } from './dom.ts'
import type { Outcome } from './outcome.ts'
import type { ReportedError } from './report.ts'

/** One thing that the page can do: its button, how far it is, and what came out. */
export class TaskCard {
  readonly element: HTMLElement
  readonly #button: HTMLButtonElement
  readonly #headline = element('p', { class: 'headline' }, '–')
  readonly #details = element('div', { class: 'details' })

  constructor(title: string, explanation: string, run: () => void) {
    this.#button = element('button', { onclick: run }, 'Run')
    this.#button.setAttribute('aria-label', `Run: ${title}`)
    this.element = element(
      'article',
      { class: 'card' },
      element('header', {}, element('h3', {}, title), this.#button),
      element('p', { class: 'explanation' }, explanation),
      this.#headline,
      this.#details,
    )
    this.#headline.setAttribute('role', 'status')
  }

  /** Whether the button may be pressed. */
  set enabled(enabled: boolean) {
    this.#button.disabled = !enabled
  }

  running(progress = ''): void {
    this.#show('running', 'running …', progress === '' ? [] : [progress])
  }

  done({ headline, details, complete }: Outcome): void {
    this.#show(complete ? 'done' : 'failed', headline, details)
  }

  failed({ message, code, name }: ReportedError): void {
    this.#show('failed', 'failed', [message, code ?? name])
  }

  #show(state: string, headline: string, details: readonly string[]): void {
    this.element.dataset.state = state
    this.#headline.textContent = headline
    this.#details.replaceChildren(...details.map((detail) => element('p', {}, detail)))
  }
}
