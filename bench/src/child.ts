import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { ChildError } from './errors.ts'
import type { Command, Failure, Outcome, Ready } from './protocol.ts'
import { type Usage, usageOf } from './usage.ts'

/** Longest wait for a child's next line, and for its end, in milliseconds. */
const lineTimeout = 60_000
const endTimeout = 10_000

/** A process that speaks the lines of `protocol.ts`. It ends when we close its input, so it does not outlive us. */
export class Child {
  readonly #name: string
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<string>
  #complaints = ''

  private constructor(name: string, file: string, args: readonly string[]) {
    this.#name = name
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-4096)
    })
    this.#process.stdin.on('error', () => {}) // the child's end is told by #ended
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
    this.#ended = new Promise((resolve) => {
      this.#process.on('error', (error) => resolve(error.message))
      this.#process.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
  }

  /**
   * Starts a program and waits until it is ready.
   *
   * @throws ChildError
   */
  static async start(
    name: string,
    file: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<[Child, Ready]> {
    const child = new Child(name, file, args)
    try {
      const line = await child.#line(signal)
      if (!isReady(line)) throw child.#error(`said ${JSON.stringify(line)} instead of being ready`)
      return [child, line]
    } catch (error) {
      await child.end()
      throw error
    }
  }

  /** @throws ChildError when the driver failed, ended or did not answer; then it is of no more use. */
  async run(command: Command, signal: AbortSignal): Promise<Outcome> {
    this.#process.stdin.write(`${JSON.stringify(command)}\n`)
    const line = await this.#line(signal)
    if (isFailure(line)) throw this.#error(line.error)
    if (!isOutcome(line)) throw this.#error(`said ${JSON.stringify(line)} instead of an outcome`)
    return line
  }

  async usage(): Promise<Usage | undefined> {
    return this.#process.pid === undefined ? undefined : usageOf(this.#process.pid)
  }

  /** Lets the child end by itself; after `endTimeout` it is killed. */
  async end(): Promise<void> {
    this.#process.stdin.end()
    const impatience = setTimeout(() => this.#process.kill('SIGKILL'), endTimeout)
    await this.#ended
    clearTimeout(impatience)
  }

  async #line(signal: AbortSignal): Promise<unknown> {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(lineTimeout)])
    const given = await Promise.race([this.#lines.next(), aborted(bound)])
    if (given === 'aborted') {
      this.#process.kill('SIGKILL')
      throw signal.aborted ? signal.reason : this.#error(`no answer for ${lineTimeout / 1000} s`)
    }
    if (given.done === true) throw this.#error(`ended: ${await this.#ended}`)
    try {
      return JSON.parse(given.value)
    } catch {
      throw this.#error(`said ${given.value}`)
    }
  }

  #error(what: string): ChildError {
    return new ChildError(`${this.#name}: ${what}${this.#complaints === '' ? '' : `\n${this.#complaints.trimEnd()}`}`)
  }
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted')
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
}

function isObject(line: unknown): line is Record<string, unknown> {
  return typeof line === 'object' && line !== null
}

function isReady(line: unknown): line is Ready {
  return (
    isObject(line) &&
    line.ready === true &&
    typeof line.address === 'string' &&
    isObject(line.versions) &&
    Object.values(line.versions).every((version) => typeof version === 'string')
  )
}

function isFailure(line: unknown): line is Failure {
  return isObject(line) && typeof line.error === 'string'
}

function isOutcome(line: unknown): line is Outcome {
  return isObject(line) && typeof line.count === 'number' && typeof line.seconds === 'number'
}
