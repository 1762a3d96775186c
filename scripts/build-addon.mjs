#!/usr/bin/env node
/**
 * Builds the QUIC engine (crates/) into packages/engine/native/. Runs after `npm ci`, on Node 20 or later.
 *
 * Does nothing when the addon is fresh: it loads, and it was made from these very sources. Without Rust it says what
 * to install and leaves it at that, since the browser half of Sluice works without.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const output = join(root, 'packages', 'engine', 'native')
const addon = join(output, 'sluice-engine.node')
const draft = join(output, '.draft')
const stampFile = join(output, '.stamp')

/** What cargo calls a shared library, by platform. */
const LIBRARY = {
  linux: 'libsluice_engine_node.so',
  darwin: 'libsluice_engine_node.dylib',
  win32: 'sluice_engine_node.dll',
}

process.exitCode = main()

function main() {
  const stamp = computeStamp()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && addonLoads()) {
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
  rmSync(stampFile, { force: true })
  const target = join(root, 'target')
  if (!run('cargo', ['build', '--release', '--locked', '--package', 'sluice-engine-node', '--target-dir', target]))
    return 1
  mkdirSync(output, { recursive: true })
  copyFileSync(join(target, 'release', LIBRARY[process.platform] ?? LIBRARY.linux), draft)
  // Put in place by renaming: processes that have the old one loaded keep it whole.
  renameSync(draft, addon)
  if (!addonLoads()) {
    say('the addon was built but does not load; see the error above')
    return 1
  }
  writeFileSync(stampFile, stamp)
  say('done')
  return 0
}

/** A hash of all that decides the result: sources, patches, lock files. */
function computeStamp() {
  const hash = createHash('sha256')
  const files = ['Cargo.toml', 'Cargo.lock', 'scripts/build-addon.mjs', 'scripts/patch-quinn-proto.mjs']
    .map((file) => join(root, file))
    .concat(filesBelow(join(root, 'crates')))
    .sort()
  for (const file of files) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)} ${content.length}\n`).update(content)
  }
  return `${hash.digest('hex')}\n`
}

/** Files of a folder, without what is generated there. */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === '.patched' || entry.name === 'target') return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

/** In a process of its own: an addon that is loaded cannot be replaced on every system, and one may crash. */
function addonLoads() {
  if (!existsSync(addon)) return false
  const check = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(addon)})`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return check.status === 0
}

function run(command, args) {
  const result = spawnSync(command, args, {
    stdio: 'inherit',
    cwd: root,
    // npm gives scripts a pipe; with a width cargo draws its progress there too.
    env: { ...process.env, CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '80' },
  })
  return result.status === 0
}

function say(text) {
  process.stderr.write(`sluice: ${text}\n`)
}
