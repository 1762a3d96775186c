#!/usr/bin/env node
/**
 * Builds the QUIC engine (crates/) into packages/engine/native/. Runs after `npm ci`, on Node 20 or later.
 *
 * Does nothing when the addon is fresh: it loads, and it was made from these very sources. Without Rust it says what
 * to install and leaves it at that, since the browser half of Sluice works without.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashEngineSources } from './engine-sources.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const output = join(root, 'packages', 'engine', 'native')
const addon = join(output, 'sluice-engine.node')
const draft = join(output, '.draft')

/** What cargo calls a shared library, by platform. */
const LIBRARY = {
  linux: 'libsluice_engine_node.so',
  darwin: 'libsluice_engine_node.dylib',
  win32: 'sluice_engine_node.dll',
}

process.exitCode = main()

function main() {
  const sources = hashEngineSources()
  if (sourcesOfAddon() === sources) {
    say('the addon is fresh')
    return 0
  }
  if (spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status !== 0) {
    say('Rust was not found, so the QUIC engine is not built: nothing that listens or dials from Node.js will work.')
    say('The browser half works without it. To build: install Rust 1.88 or later (https://rustup.rs), a C compiler')
    say('and `patch` (on Debian: apt install build-essential patch), then run: node scripts/build-addon.mjs')
    return 0
  }
  say('building the QUIC engine; the first time takes a few minutes')
  if (!run(process.execPath, [join(root, 'scripts', 'patch-quinn-proto.mjs')])) return 1
  const target = join(root, 'target')
  const build = ['build', '--release', '--locked', '--package', 'sluice-engine-node', '--target-dir', target]
  // The addon tells what it was made from (crates/engine-node/src/lib.rs).
  if (!run('cargo', build, { SLUICE_ENGINE_SOURCES: sources })) return 1
  mkdirSync(output, { recursive: true })
  copyFileSync(join(target, 'release', LIBRARY[process.platform] ?? LIBRARY.linux), draft)
  // Put in place by renaming: processes that have the old one loaded keep it whole.
  renameSync(draft, addon)
  if (sourcesOfAddon() !== sources) {
    say('the addon was built but does not load; see the error above')
    return 1
  }
  say('done')
  return 0
}

/**
 * What the addon there was made from; undefined when there is none that loads. Asked in a process of its own: one that
 * is loaded cannot be replaced on every system, and one may crash.
 */
function sourcesOfAddon() {
  if (!existsSync(addon)) return undefined
  const script = `process.stdout.write(String(require(${JSON.stringify(addon)}).sources))`
  const asked = spawnSync(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
  return asked.status === 0 ? asked.stdout : undefined
}

function run(command, args, env = {}) {
  const result = spawnSync(command, args, {
    stdio: 'inherit',
    cwd: root,
    // npm gives scripts a pipe; with a width cargo draws its progress there too.
    env: { ...process.env, ...env, CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '80' },
  })
  return result.status === 0
}

function say(text) {
  process.stderr.write(`sluice: ${text}\n`)
}
