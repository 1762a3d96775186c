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

  constructor(name: 'server' | 'victim' | 'attacker', args: readonly string[] = []) {
    this.#name = name
    this.#child = fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), args, {
      execArgv: ['--conditions=@sluice/source', '--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  /** @throws ChildError when the process has ended or does not answer in time */
  async ask<A extends Answer>(question: Question): Promise<A> {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT)
    const answered = once(this.#child, 'message', { signal })
    this.#child.send(question)
    try {
      return (await answered)[0]
    } catch (cause) {
      throw new ChildError(`the ${this.#name} did not answer to '${question}'`, { cause })
    }
  }

  end(): void {
    this.#child.kill()
  }
}

/** In such a process: answers what is asked, until the process that asks is gone. */
export function answerQuestions(answers: Partial<Record<Question, () => Answer | Promise<Answer>>>): void {
  process.on('message', async (question: Question) => {
    process.send?.((await answers[question]?.()) ?? null)
  })
  process.on('disconnect', () => process.exit())
}
