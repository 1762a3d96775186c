/**
 * Runs every unit test of the workspaces with Node's own runner, straight from the TypeScript sources.
 * Arguments are paths or globs that replace the default set.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const patterns =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['{packages,apps}/*/src/**/*.test.ts', '{lab,bench}/src/**/*.test.ts']
const files = globSync(patterns).sort()
if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(' ')}`)
  process.exit(1)
}
const run = spawnSync(process.execPath, ['--conditions=@sluice/source', '--test', '--test-timeout=120000', ...files], {
  stdio: 'inherit',
})
process.exit(run.status ?? 1)
