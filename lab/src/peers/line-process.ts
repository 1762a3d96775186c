import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { CommandFailedError, PeerGoneError } from '../errors.ts'
import type { CommandOptions } from './commands.ts'
import { EventLog, within } from './event-log.ts'

/** Time for a process to end by itself before it is killed. */
const stopWithin = 10_000
/** What a peer may take over a command's own timeout before we give up on it. */
const grace = 5_000
/** How much of its stderr is kept for error messages. */
const stderrKept = 4_000

interface Answer {
  readonly id: number
  readonly ok: boolean
  readonly result?: unknown
  readonly error?: string
}

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** What a process understands: options and result of each command. */
export type CommandTable<C> = { [N in keyof C]: { options: CommandOptions; result: unknown } }

/** A process that speaks JSON lines on stdin and stdout (lab/peers/README.md). */
export class LineProcess<C extends CommandTable<C>, E extends { readonly event: string }> {
  readonly name: string
  readonly events: EventLog<E> = new EventLog()
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #pending = new Map<number, Pending>()
  #stderr = ''
  #nextId = 1

  constructor(name: string, file: string, args: readonly string[]) {
    this.name = name
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => this.#line(line))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrKept)
    })
    // Writes to a process that was killed: its end is reported by 'close'.
    child.stdin.on('error', () => {})
    child.on('error', (error) => this.#gone(error.message))
    child.on('close', (code, signal) => this.#gone(`exit code ${code ?? signal}`))
  }

  /** The first event of this name. The process is killed when it does not come. @throws PeerGoneError, LabTimeoutError */
  async started(event: E['event'], timeout: number): Promise<E> {
    try {
      return await this.events.wait(event, 0, timeout)
    } catch (error) {
      await this.kill()
      throw new PeerGoneError(`${this.name} did not start: ${this.#stderr}`, { cause: error })
    }
  }

  /** @throws CommandFailedError the process says so, LabTimeoutError no answer, PeerGoneError */
  async request<N extends keyof C & string>(command: N, options: C[N]['options']): Promise<C[N]['result']> {
    if (this.#ended) throw new PeerGoneError(`${this.name} is gone ${this.#stderr}`)
    const id = this.#nextId++
    const timeout = options.timeout ?? 60_000
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }))
    this.#child.stdin.write(`${JSON.stringify({ id, command, ...options, timeout })}\n`)
    try {
      // The peers of the lab are ours: an answer has the shape that the table gives it.
      return (await within(answer, timeout + grace, `${this.name} ${command}`)) as C[N]['result']
    } finally {
      this.#pending.delete(id)
    }
  }

  /** Ends it with no chance to say goodbye. */
  async kill(): Promise<void> {
    if (this.#ended) return
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await closed
  }

  /** Ends it in order: its stdin ends. @throws LabTimeoutError when it had to be killed after all */
  async stop(): Promise<void> {
    if (this.#ended) return
    const closed = once(this.#child, 'close')
    this.#child.stdin.end()
    try {
      await within(closed, stopWithin, `${this.name} after its stdin ended`)
    } finally {
      await this.kill()
    }
  }

  get #ended(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #line(text: string): void {
    const line = JSON.parse(text) as Answer | E
    if ('event' in line) {
      this.events.push(line)
      return
    }
    const pending = this.#pending.get(line.id)
    if (line.ok) pending?.resolve(line.result)
    else pending?.reject(new CommandFailedError(`${this.name}: ${line.error}`, { remote: true }))
  }

  #gone(how: string): void {
    this.events.end()
    for (const { reject } of this.#pending.values()) {
      reject(new PeerGoneError(`${this.name} ended (${how}) ${this.#stderr}`))
    }
  }
}
