interface Entry<T> {
  readonly at: number
  /** Breaks ties: first come, first served. */
  readonly order: number
  value: T | undefined
}

/** What happens when: a binary heap, first come first served at one time. */
export class EventQueue<T> {
  readonly #heap: Entry<T>[] = []
  #order = 0

  /** Time of the next entry. */
  get nextAt(): number | undefined {
    this.#dropCancelled()
    return this.#heap[0]?.at
  }

  add(at: number, value: T): Entry<T> {
    const entry: Entry<T> = { at, order: this.#order++, value }
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    return entry
  }

  cancel(entry: Entry<T>): void {
    entry.value = undefined
  }

  /** Takes the entries up to a time, one by one, but not those that are added meanwhile. */
  *takeUntil(at: number): Generator<T> {
    const newest = this.#order
    for (let entry = this.#heap[0]; entry !== undefined; entry = this.#heap[0]) {
      if (entry.at > at || entry.order >= newest) return
      this.#pop()
      if (entry.value !== undefined) yield entry.value
    }
  }

  #dropCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.value === undefined) this.#pop()
  }

  #pop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(index, parent)) return
      this.#swap(index, parent)
      index = parent
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1
      const right = left + 1
      let first = index
      if (this.#isBefore(left, first)) first = left
      if (this.#isBefore(right, first)) first = right
      if (first === index) return
      this.#swap(index, first)
      index = first
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (one === undefined || other === undefined) return false
    return one.at < other.at || (one.at === other.at && one.order < other.order)
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (one === undefined || other === undefined) return
    this.#heap[a] = other
    this.#heap[b] = one
  }
}
