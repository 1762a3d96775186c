import type { Millis } from '@sluice/credit'
import type { Clock } from '../../clock.ts'
import type { CreditWaiter } from './data-credit.ts'

/** A stream that is called and writes nothing for so long lets the next one go ahead. */
export const LONGEST_TURN: Millis = 100

/**
 * The streams that wait for a session's data credit, and whose turn it is.
 *
 * One at a time may write, until it has: an application may write long after it was called, and if all were called at once,
 * whoever writes first would have everything each time. A stream that is over must leave, or the others wait for it.
 */
export class CreditLine {
  readonly #clock: Clock
  readonly #hasCredit: () => boolean
  readonly #line = new Set<CreditWaiter>()
  #turn: CreditWaiter | undefined
  #wrote = false
  #cancel: () => void = () => {}

  /** @param hasCredit whether anything can be written now */
  constructor(clock: Clock, hasCredit: () => boolean) {
    this.#clock = clock
    this.#hasCredit = hasCredit
  }

  /** Nobody waits. */
  get empty(): boolean {
    return this.#line.size === 0
  }

  /** Whether this stream need not wait for another one. */
  mayWrite(stream: CreditWaiter): boolean {
    return this.#turn === undefined ? this.empty : this.#turn === stream
  }

  /** A stream wants more than it got: it goes to the end of the line, or stays where it is. */
  wait(stream: CreditWaiter): void {
    this.#line.add(stream)
    if (this.#turn === stream) this.#pass()
  }

  /** A stream wrote. What it writes in one go belongs to one turn. */
  wrote(stream: CreditWaiter): void {
    if (this.#turn !== stream || this.#wrote) return
    this.#wrote = true
    queueMicrotask(() => {
      if (this.#turn === stream && this.#wrote) this.#pass()
    })
  }

  /** A stream wants no more. */
  leave(stream: CreditWaiter): void {
    this.#line.delete(stream)
    if (this.#turn === stream) this.#pass()
  }

  /** There may be credit: the first in the line is called, unless it is somebody's turn. */
  serve(): void {
    if (this.#turn !== undefined || !this.#hasCredit()) return
    const [next] = this.#line
    if (next === undefined) return
    this.#line.delete(next)
    this.#turn = next
    this.#cancel = this.#clock.after(LONGEST_TURN, () => this.#pass())
    next.onCredit()
  }

  /** Nobody is called any more. */
  end(): void {
    this.#line.clear()
    this.#endTurn()
  }

  #pass(): void {
    this.#endTurn()
    // Not from here: thousands may leave one after the other, each while it is called.
    queueMicrotask(() => this.serve())
  }

  #endTurn(): void {
    this.#cancel()
    this.#turn = undefined
    this.#wrote = false
  }
}
