import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { CommandFailedError, PeerGoneError } from '../errors.ts'
import type { CommandName, Commands, PeerEvent } from './commands.ts'
import { type Peer, PeerEvents, within } from './peer.ts'

/** Time for a process to end by itself before it is killed. */
const stopWithin = 10_000
const startWithin = 20_000
/** What a peer may take over the command's own timeout before we give up on it. */
const grace = 5_000

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

/** A peer in a process of its own that speaks JSON lines on stdin and stdout. */
export class ProcessPeer implements Peer {
  readonly name: string
  readonly events: PeerEvents = new PeerEvents()
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #pending = new Map<number, Pending>()
  #stderr = ''
  #nextId = 1
  #peerId = ''
  #addresses: readonly string[] = []

  private constructor(name: string, child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.name = name
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => this.#line(line))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000)
    })
    // Writes to a process that was killed: its end is reported by 'close'.
    child.stdin.on('error', () => {})
    child.on('error', (error) => this.#gone(error.message))
    child.on('close', (code, signal) => this.#gone(`exit code ${code ?? signal}`))
  }

  /** Starts the process and waits for its "listening" line. @throws PeerGoneError, LabTimeoutError */
  static async start(
    name: string,
    file: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<ProcessPeer> {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    const peer = new ProcessPeer(name, child)
    try {
      const listening = await peer.events.wait('listening', 0, startWithin)
      peer.#peerId = listening.peerId
      peer.#addresses = listening.addresses ?? []
      return peer
    } catch (error) {
      await peer.kill()
      throw new PeerGoneError(`${name} did not start: ${peer.#stderr}`, { cause: error })
    }
  }

  get peerId(): string {
    return this.#peerId
  }

  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** The end of what it wrote to stderr. */
  get stderr(): string {
    return this.#stderr
  }

  async request<N extends CommandName>(command: N, options: Commands[N]['options']): Promise<Commands[N]['result']> {
    const id = this.#nextId++
    const timeout = options.timeout ?? 60_000
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#ended) reject(new PeerGoneError(`${this.name} is gone`))
      this.#pending.set(id, { resolve, reject })
    })
    this.#child.stdin.write(`${JSON.stringify({ id, command, ...options, timeout })}\n`)
    try {
      // The peers of the lab are ours: an answer has the shape that `Commands` gives it.
      return (await within(answer, timeout + grace, `${this.name} ${command}`)) as Commands[N]['result']
    } finally {
      this.#pending.delete(id)
    }
  }

  async kill(): Promise<void> {
    if (this.#ended) return
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await closed
  }

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
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #line(text: string): void {
    const line = JSON.parse(text) as Answer | PeerEvent
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
