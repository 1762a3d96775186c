/** The lab's commands: `node --conditions=@sluice/source lab/src/main.ts interop [options]`. */
import { interop } from './interop/command.ts'

const [command, ...args] = process.argv.slice(2)
if (command === 'interop') {
  process.exitCode = await interop(args)
} else {
  console.error('usage: lab COMMAND\n\n  interop   Sluice against real peers; --help says more')
  process.exitCode = 2
}
