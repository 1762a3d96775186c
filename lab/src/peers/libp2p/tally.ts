/** How often which error came. */
export class Tally {
  readonly #counts: Record<string, number> = {}

  get counts(): Readonly<Record<string, number>> {
    return { ...this.#counts }
  }

  add(error: unknown): void {
    const text = describe(error)
    this.#counts[text] = (this.#counts[text] ?? 0) + 1
  }
}

/** An error and its causes, in one line. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` < ${describe(error.cause)}`
  return `${error.name}: ${error.message}${cause}`
}
