/** Says on standard error what is being done: on a terminal in one line that is written over, else line by line. */
export class Progress {
  readonly #terminal = process.stderr.isTTY
  #last = ''

  /** @param step what is being done now */
  now(step: string): void {
    if (this.#terminal) process.stderr.write(`\r\x1b[2K${step}`)
    else if (step !== this.#last) process.stderr.write(`${step}\n`)
    this.#last = step
  }

  /** Something to be read later as well. */
  note(text: string): void {
    process.stderr.write(`${this.#terminal ? '\r\x1b[2K' : ''}${text}\n`)
  }

  end(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[2K')
  }
}
