/** Nothing in these tests waits for longer. */
const DEADLINE = 20_000

/** Lets tests wait for what events bring about, each wait with a bound. */
export class Condition {
  readonly #waiters = new Set<() => void>()

  /** Something changed: everybody who waits looks again. */
  changed(): void {
    for (const waiter of [...this.#waiters]) waiter()
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    await this.value(what, () => (holds() ? true : undefined))
  }

  /** Waits until `look` finds something. */
  value<T>(what: string, look: () => T | undefined): Promise<T> {
    const found = look()
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const timer = setTimeout(() => {
        end()
        reject(new Error(`waited for ${what} in vain`))
      }, DEADLINE)
      const waiter = () => {
        try {
          const value = look()
          if (value === undefined) return
          end()
          resolve(value)
        } catch (error) {
          end()
          reject(error)
        }
      }
      this.#waiters.add(waiter)
    })
  }
}

/** Waits for what no event announces (a counter), by looking in each turn of the event loop. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + DEADLINE
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited for ${what} in vain`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
