/** The lab's commands: `node --conditions=@sluice/source lab/src/main.ts COMMAND [options]`, and `sluice lab COMMAND`. */
import { UsageError } from './errors.ts'

const usage = `usage: lab COMMAND [options]

  interop   Sluice against real peers; --help says more
  list      the scenarios
  run       scenarios by name
  matrix    scenarios, and one table of what came of them
  docs      docs/failure-modes.md, from a file that run --results wrote
  healthy   an hour of mixed traffic, no false alarm; --help says more
  soak      many streams, flat memory; --help says more
  crowd     many connections on a full budget of stream credit; --help says more
  workload  Helia and a Go node exchange blocks by bitswap; --help says more

sluice lab --help shows the options of list, run, matrix and docs.
`

/** By name; loaded when called, for what they need takes a while. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  interop: async (args) => await (await import('./interop/command.ts')).interop(args),
  list: async (args) => (await import('./scenarios/command.ts')).list(args),
  run: async (args) => await (await import('./scenarios/command.ts')).run(args),
  matrix: async (args) => await (await import('./scenarios/command.ts')).matrix(args),
  docs: async (args) => (await import('./scenarios/command.ts')).docs(args),
  healthy: async (args) => await (await import('./healthy/command.ts')).healthy(args),
  soak: async (args) => await (await import('./soak/command.ts')).soakCommand(args),
  crowd: async (args) => await (await import('./crowd/command.ts')).crowdCommand(args),
  workload: async (args) => await (await import('./workload/command.ts')).workloadCommand(args),
}

// Peers end with their stdin, browsers by what puppeteer does on 'exit'.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
if (command === undefined) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await command(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`lab: ${error.message}\n`)
    process.exitCode = 2
  }
}
