/** `npm run sim`. */
import { sim } from './command.ts'

process.exitCode = await sim(process.argv.slice(2))
