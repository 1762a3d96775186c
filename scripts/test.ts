/**
 * Runs every unit test of the workspaces with Node's own runner, straight from the TypeScript sources.
 * Arguments are paths or globs that replace the default set.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const MINUTE = 60_000

const wanted = process.argv.slice(2)
const patterns = wanted.length > 0 ? wanted : ['{packages,apps}/*/src/**/*.test.ts', '{lab,bench}/src/**/*.test.ts']
const files = globSync(patterns).sort()
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}`)
  process.exit(1)
}

// A failed test may leave a server listening: the run ends all the same, and says which file it was.
const end = new URL('test-end.ts', import.meta.url).href
const flags = ['--conditions=@sluice/source', `--import=${end}`, '--test', `--test-timeout=${2 * MINUTE}`]
const run = spawnSync(process.execPath, [...flags, ...files], {
  stdio: 'inherit',
  timeout: 20 * MINUTE,
  killSignal: 'SIGKILL',
})
if (run.error !== undefined) console.error(`the test run was stopped: ${run.error.message}`)
process.exit(run.status ?? 1)
