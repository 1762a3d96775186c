import { readFile } from 'node:fs/promises'
import { SluiceError } from '@sluice/credit'
import { UsageError } from '../errors.ts'
import type { CommandIo } from './command.ts'
import { commands } from './commands.ts'
import { columns } from './help.ts'

/**
 * Runs the command that `args` name and says the exit code: 0 done, 1 failed, 2 not understood. What went wrong is
 * written to stderr.
 */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(args, io)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    io.stderr.write(`sluice: ${error.message}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}

async function dispatch([name, ...rest]: readonly string[], io: CommandIo): Promise<number> {
  if (name === undefined) {
    io.stderr.write(usage())
    return 2
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(usage())
    return 0
  }
  if (name === '--version' || name === '-v') {
    io.stdout.write(`${await version()}\n`)
    return 0
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) throw new UsageError(`unknown command '${name}'; sluice --help lists them`)
  const command = await entry.load()
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(command.help)
    return 0
  }
  return await command.run(rest, io)
}

function usage(): string {
  return [
    'Usage: sluice COMMAND [options]',
    '',
    'Commands:',
    columns(Object.entries(commands).map(([name, { summary }]): [string, string] => [name, summary])),
    '',
    'Options:',
    columns([
      ['--help', 'Show this text; sluice COMMAND --help shows the options of a command'],
      ['--version', 'Show the version'],
    ]),
    '',
  ].join('\n')
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  const { version } = manifest as { version: string }
  return version
}
