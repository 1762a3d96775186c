import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandFailedError } from '../errors.ts'
import { labFolder } from '../paths.ts'

/** Helia and what it needs: hundreds of packages, in a folder and a lock file of their own. */
export const workloadFolder: string = join(labFolder, 'workload')

/** Installs Helia's packages unless those of the lock file are there. Output is shown on stderr. @throws CommandFailedError */
export async function installHelia(): Promise<void> {
  const wanted = join(workloadFolder, 'package-lock.json')
  const installed = join(workloadFolder, 'node_modules', '.sluice-lock.json')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')) return
  console.error(`installing Helia in ${workloadFolder}, the first time only`)
  // No binary of theirs is needed, so no script of theirs has to run.
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: workloadFolder,
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
  })
  const [code] = await once(npm, 'close')
  if (code !== 0) {
    throw new CommandFailedError(
      `npm ci ended with exit code ${code}: see above; it needs the npm registry. To try by hand: cd ${workloadFolder} && npm ci --ignore-scripts`,
    )
  }
  copyFileSync(wanted, installed)
}
