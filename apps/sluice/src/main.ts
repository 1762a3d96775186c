#!/usr/bin/env node
import { run } from './cli/run.ts'

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
})

/** A command that is done leaves nothing behind that keeps the process alive; should it, the user need not wait. */
const LINGER = 2000
setTimeout(() => {
  process.stderr.write(`sluice: left behind at the end: ${process.getActiveResourcesInfo().join(', ')}\n`)
  process.exit()
}, LINGER).unref()
