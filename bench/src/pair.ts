import { mkdir } from 'node:fs/promises'
import { Child } from './child.ts'
import type { Contender } from './contenders.ts'
import { goBinary } from './go.ts'
import type { Command } from './protocol.ts'
import type { Sample } from './sample.ts'
import type { Usage } from './usage.ts'

/** A listener and its driver. They live through a round, and idle while others are measured. */
export class Pair {
  readonly versions: Readonly<Record<string, string>>
  readonly #listener: Child
  readonly #driver: Child

  private constructor(listener: Child, driver: Child, versions: Readonly<Record<string, string>>) {
    this.#listener = listener
    this.#driver = driver
    this.versions = versions
  }

  /**
   * Starts both processes; with `profiles`, a folder, ours run under the profiler and leave their profiles there.
   *
   * @throws ChildError
   */
  static async start(contender: Contender, profiles: string | undefined, signal: AbortSignal): Promise<Pair> {
    const start = async (role: 'serve' | 'drive', ...args: string[]) => {
      const [file, ...before] = await commandLine(contender, role, profiles)
      return Child.start(`${contender.name} ${role}`, file, [...before, role, ...args], signal)
    }
    const [listener, listening] = await start('serve')
    try {
      const [driver, driving] = await start('drive', listening.address)
      return new Pair(listener, driver, { ...listening.versions, ...driving.versions })
    } catch (error) {
      await listener.end()
      throw error
    }
  }

  /** @throws ChildError; then the pair is of no more use */
  async measure(command: Command, signal: AbortSignal): Promise<Sample> {
    const before = await this.#usage()
    const outcome = await this.#driver.run(command, signal)
    const after = await this.#usage()
    if (before === undefined || after === undefined) return outcome
    return {
      ...outcome,
      cpu: {
        listener: after.listener.cpuSeconds - before.listener.cpuSeconds,
        driver: after.driver.cpuSeconds - before.driver.cpuSeconds,
      },
      listenerMemory: after.listener.memory - before.listener.memory,
    }
  }

  async end(): Promise<void> {
    await this.#driver.end()
    await this.#listener.end()
  }

  async #usage(): Promise<{ listener: Usage; driver: Usage } | undefined> {
    const [listener, driver] = await Promise.all([this.#listener.usage(), this.#driver.usage()])
    return listener === undefined || driver === undefined ? undefined : { listener, driver }
  }
}

async function commandLine(
  { name, ours, program }: Contender,
  role: string,
  profiles: string | undefined,
): Promise<[file: string, ...args: string[]]> {
  if (program.kind === 'go') return [goBinary(program.command)]
  const flags = ['--conditions=@sluice/source']
  if (profiles !== undefined && ours) {
    await mkdir(profiles, { recursive: true })
    const file = `${name.replace('/', '-')}-${role}.cpuprofile`
    flags.push('--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${file}`)
  }
  return [process.execPath, ...flags, program.script]
}
