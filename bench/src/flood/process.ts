import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ChildError } from '../errors.ts'
import type { Answer, Question } from './messages.ts'

/** Longest wait for an answer, in milliseconds. */
const ANSWER_TIMEOUT = 30_000

/** A process of the flood bench: asked one thing at a time. */
export class FloodProcess {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #interruption: AbortSignal
  readonly #gone = new AbortController()

  constructor(name: 'server' | 'victim' | 'attacker', args: readonly string[], interruption: AbortSignal) {
    this.#name = name
    this.#interruption = interruption
    this.#child = fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), args, {
      execArgv: ['--conditions=@sluice/source', '--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    // Also what could not be sent to a process that has ended.
    this.#child.on('error', (error) => this.#gone.abort(error))
    this.#child.on('exit', (code, signal) =>
      this.#gone.abort(new ChildError(`${name}: ${signal ?? `exit code ${code}`}`)),
    )
  }

  /** @throws ChildError when the process has ended or does not answer in time; the reason of an interruption */
  async ask<A extends Answer>(question: Question): Promise<A> {
    const signal = AbortSignal.any([this.#interruption, this.#gone.signal, AbortSignal.timeout(ANSWER_TIMEOUT)])
    const answered = once(this.#child, 'message', { signal })
    if (!signal.aborted) this.#child.send(question)
    try {
      return (await answered)[0]
    } catch (cause) {
      this.#interruption.throwIfAborted()
      throw new ChildError(`the ${this.#name} did not answer to '${question}'`, { cause })
    }
  }

  /** At once, for it has nothing to keep; resolves when it is gone. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    if (!this.#gone.signal.aborted) await once(this.#gone.signal, 'abort')
  }
}

/** In such a process: answers what is asked, until the process that asks is gone. */
export function answerQuestions(answers: Partial<Record<Question, () => Answer | Promise<Answer>>>): void {
  process.on('message', async (question: Question) => {
    process.send?.((await answers[question]?.()) ?? null)
  })
  process.on('disconnect', () => process.exit())
}
