import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Command } from '../cli/command.ts'
import { columns } from '../cli/help.ts'
import { NoLabError } from '../errors.ts'

/**
 * The lab uses this package's services, so this package cannot import the lab; and the lab is no npm package, it needs
 * the repository. It runs as a process of its own.
 */
const program = fileURLToPath(new URL('../../../../lab/src/main.ts', import.meta.url))

const options: ReadonlyArray<readonly [string, string]> = [
  ['--json', 'One JSON object a line'],
  ['--all', 'Run every scenario'],
  ['--required', 'Run those that must end as expected today (lab/required.json)'],
  ['--streams COUNT', 'Streams in each direction, where the scenario does not decide; default 500'],
  ['--repeat COUNT', 'Runs of each scenario; default 1'],
  ['--results FILE', 'Keep the runs with all that was counted'],
  ['--html FILE', 'The matrix as one page'],
  ['--help', 'Show this text'],
]

export const labCommand: Command = {
  help: [
    'Usage: sluice lab list [NAME...] [--json]',
    '       sluice lab run NAME... | --all | --required [--json] [--streams COUNT] [--repeat COUNT] [--results FILE]',
    '       sluice lab matrix [NAME...] [--json] [--html FILE] [--streams COUNT] [--repeat COUNT] [--results FILE]',
    '       sluice lab crowd [--connections COUNT] [--budget STREAMS] [--json] [--keep]',
    '       sluice lab docs FILE... docs/failure-modes.md, from the FILEs of --results',
    '       sluice lab healthy [--minutes COUNT] [--json] [--results FILE]    mixed traffic, no false alarm',
    '',
    'Runs Sluice against real browsers, go-libp2p and peers that misbehave. A NAME may end in *.',
    'crowd: many connections on a full budget of stream credit; default 500, and the budget of a public node.',
    'Ends with 0 when every run was as its scenario demands, with 1 when one was not.',
    '',
    'Options:',
    columns([...options]),
    '',
  ].join('\n'),
  run: async (args) => await runLab(args),
}

/** Runs the lab with our own input and output, and ends as it ends. @throws NoLabError */
async function runLab(args: readonly string[]): Promise<number> {
  if (!existsSync(program)) {
    throw new NoLabError('the lab is not part of the npm package: clone the repository of Sluice and run npm ci there')
  }
  const child = spawn(process.execPath, ['--conditions=@sluice/source', program, ...args], { stdio: 'inherit' })
  // Ctrl-C reaches the lab from the terminal; what is sent to this process alone is handed on.
  const ignore = (): void => {}
  const handOn = (): void => void child.kill('SIGTERM')
  process.on('SIGINT', ignore).on('SIGTERM', handOn)
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', handOn)
  }
}
