/** The lab's commands: `node --conditions=@sluice/source lab/src/main.ts interop [options]`. */
import { interop } from './interop/command.ts'
import { soakCommand } from './soak/command.ts'

// Peers end with their stdin, browsers by what puppeteer does on 'exit'.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const [command, ...args] = process.argv.slice(2)
if (command === 'interop') {
  process.exitCode = await interop(args)
} else if (command === 'soak') {
  process.exitCode = await soakCommand(args)
} else {
  console.error(
    'usage: lab COMMAND\n\n  interop   Sluice against real peers; --help says more\n  soak      many streams, flat memory; --help says more',
  )
  process.exitCode = 2
}
