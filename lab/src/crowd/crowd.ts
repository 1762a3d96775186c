import { fileURLToPath } from 'node:url'
import { CheckFailedError } from '../errors.ts'
import { type CommandTable, LineProcess } from '../peers/line-process.ts'
import type {
  CrowdEvent,
  EndCommands,
  Greetings,
  HostCommands,
  MemberReport,
  MembersCommands,
  Span,
} from './commands.ts'
import type { LiveStreams } from './result.ts'

/** Nodes in one process: their streams have to fit into one heap. */
const PER_PROCESS = 125
const START_WITHIN = 30_000
/** Longest time for one command on the whole crowd. */
const timeout = 240_000
/** Nodes of a process that dial, or that greet, at once. */
const width = 8

/** A host, and processes with nodes of which each has a connection to it. Members are numbered from 0 on. */
export class Crowd {
  readonly size: number
  readonly #host: LineProcess<HostCommands, CrowdEvent>
  readonly #parts: readonly LineProcess<MembersCommands, CrowdEvent>[]
  readonly #all: readonly LineProcess<EndCommands, CrowdEvent>[]

  /** @param budget of the host, in streams beyond the floors; undefined: the default. @throws PeerGoneError */
  static async start(size: number, budget: number | undefined): Promise<Crowd> {
    const crowd = new Crowd(size, budget)
    try {
      await Promise.all(crowd.#all.map((each) => each.started('listening', START_WITHIN)))
    } catch (error) {
      await crowd.kill()
      throw error
    }
    return crowd
  }

  private constructor(size: number, budget: number | undefined) {
    this.size = size
    this.#host = program<HostCommands>('host', budget === undefined ? [] : [String(budget)])
    this.#parts = Array.from({ length: Math.ceil(size / PER_PROCESS) }, () => program<MembersCommands>('members'))
    this.#all = [this.#host, ...this.#parts]
  }

  /** All dial the host; how long each took, in milliseconds. */
  async join(): Promise<number[]> {
    const { addresses } = await this.#host.events.wait('listening', 0, START_WITHIN)
    const [address] = addresses
    if (address === undefined) throw new CheckFailedError('the host has no address')
    const joined = await this.#each({ from: 0, to: this.size }, (part, { from, to }) =>
      part.request('join', { address, count: to - from, width, timeout }),
    )
    return joined.flat()
  }

  /** These members open what they may; how many streams that were. */
  async hold(members: Span): Promise<number> {
    return sum(await this.#each(members, (part, span) => part.request('hold', { ...span, timeout })))
  }

  /** They close what they hold; how many streams that were. */
  async release(members: Span): Promise<number> {
    return sum(await this.#each(members, (part, span) => part.request('release', { ...span, timeout })))
  }

  async reports(): Promise<MemberReport[]> {
    return (await Promise.all(this.#parts.map((part) => part.request('reports', { timeout })))).flat()
  }

  async credit(): Promise<HostCommands['credit']['result']> {
    return await this.#host.request('credit', { timeout })
  }

  /** Ping and identify by every member, and by the host to every member. */
  async greet(): Promise<{ readonly byMembers: readonly Greetings[]; readonly byHost: Greetings }> {
    const byMembers: Greetings[] = []
    // One process after the other: times of many at once would tell of the queue.
    for (const part of this.#parts) byMembers.push(await part.request('greet', { width, timeout }))
    return { byMembers, byHost: await this.#host.request('greet', { width, timeout }) }
  }

  async live(): Promise<LiveStreams> {
    const [host = 0, ...members] = await Promise.all(this.#all.map((each) => each.request('live', { timeout })))
    return { host, members: sum(members) }
  }

  /** Resident sets after a garbage collection, in bytes. */
  async resident(): Promise<{ readonly host: number; readonly members: number }> {
    const memory = await Promise.all(this.#all.map((each) => each.request('memory', { timeout })))
    const [host = 0, ...members] = memory.map(({ resident }) => resident ?? 0)
    return { host, members: sum(members) }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.stop()))
    await this.#host.stop()
  }

  /** Ends all with no chance to say goodbye. */
  async kill(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.kill()))
  }

  /** Asks each process for those of the members that are its own, by its own numbers. */
  async #each<R>(
    { from, to }: Span,
    ask: (part: LineProcess<MembersCommands, CrowdEvent>, span: Span) => Promise<R>,
  ): Promise<R[]> {
    const asked = this.#parts.flatMap((part, index) => {
      const first = index * PER_PROCESS
      const span = { from: Math.max(0, from - first), to: Math.min(PER_PROCESS, to - first) }
      return span.from < span.to ? [ask(part, span)] : []
    })
    return await Promise.all(asked)
  }
}

function program<C extends CommandTable<C>>(name: 'host' | 'members', args: readonly string[] = []) {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const node = ['--conditions=@sluice/source', '--expose-gc', file, ...args]
  return new LineProcess<C, CrowdEvent>(name, process.execPath, node)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
