import type { AccountSnapshot, Millis } from '@sluice/credit'
import { element, graphic } from './dom.ts'

const WIDTH = 400
const HEIGHT = 80

/** Samples in view at most, those for which there is room at first, and the time between two. */
const SAMPLES = 160
const FEWEST = 40
const EVERY: Millis = 200

const LINES = ['limit', 'opened', 'retired'] as const

/**
 * Limit over opened over retired, in time: the gap below the limit is what may still be opened, the gap above retired
 * is what somebody holds.
 */
export class Sawtooth {
  readonly element: HTMLElement
  readonly #samples: AccountSnapshot[] = []
  #last = Number.NEGATIVE_INFINITY
  readonly #lines = LINES.map((name) => ({ name, line: graphic('polyline', { class: name, points: '' }) }))

  constructor() {
    const drawing = graphic(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'credit in time' },
      ...this.#lines.map(({ line }) => line),
    )
    const legend = LINES.map((name) => element('span', { class: name }, name))
    this.element = element('figure', {}, drawing, element('figcaption', {}, ...legend))
  }

  add(account: AccountSnapshot): void {
    const now = performance.now()
    if (now - this.#last < EVERY) return
    this.#last = now
    this.#samples.push(account)
    if (this.#samples.length > SAMPLES) this.#samples.shift()
    const values = this.#samples.flatMap(({ limit, retired, opened }) => [limit ?? opened, retired])
    const low = Math.min(...values)
    const last = Math.max(FEWEST, this.#samples.length) - 1
    const span = Math.max(1, Math.max(...values) - low)
    for (const { name, line } of this.#lines) {
      const points = this.#samples.map((sample, index) => {
        const x = (WIDTH * index) / last
        const y = HEIGHT - 2 - ((sample[name] ?? sample.opened) - low) * ((HEIGHT - 4) / span)
        return `${x.toFixed(1)},${y.toFixed(1)}`
      })
      line.setAttribute('points', points.join(' '))
    }
  }
}
