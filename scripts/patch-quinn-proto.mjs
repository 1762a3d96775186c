#!/usr/bin/env node
/**
 * Makes crates/.patched/quinn-proto: the released crate, as pinned and verified by the lock file in
 * crates/quinn-proto, with the patches there applied. Run it before cargo; `[patch.crates-io]` in the
 * workspace points at the result. Does nothing when that is up to date.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const recipe = join(root, 'crates', 'quinn-proto')
const target = join(root, 'crates', '.patched', 'quinn-proto')
const stampFile = join(target, '.stamp')

const patches = readdirSync(join(recipe, 'patches'))
  .filter((name) => name.endsWith('.patch'))
  .sort()
  .map((name) => join(recipe, 'patches', name))

try {
  const stamp = computeStamp()
  if (isCurrent(stamp)) {
    say('up to date')
  } else {
    build(stamp)
  }
} catch (error) {
  say(error.message)
  process.exitCode = 1
}

/** A hash of all that decides the result: the lock (version and checksum), the patches, this script. */
function computeStamp() {
  const hash = createHash('sha256')
  for (const file of [join(recipe, 'Cargo.lock'), fileURLToPath(import.meta.url), ...patches]) {
    const content = readFileSync(file)
    hash.update(`${basename(file)} ${content.length}\n`).update(content)
  }
  return `${hash.digest('hex')}\n`
}

function build(stamp) {
  const { version, source } = locateRelease()
  const draft = `${target}.new-${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(dirname(target), { recursive: true })
  try {
    // Fresh time stamps on purpose: cargo would take old ones for "unchanged".
    cpSync(source, draft, { recursive: true, filter: (path) => basename(path) !== '.cargo-ok' })
    // Of no use to the workspace, which has its own; the crate's test suite needs it.
    renameSync(join(draft, 'Cargo.lock'), join(draft, 'Cargo.lock.released'))
    for (const file of patches) apply(file, draft)
    writeFileSync(join(draft, '.stamp'), stamp)
    install(draft, stamp)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  say(`quinn-proto ${version} with ${patches.length} patches is in crates/.patched/quinn-proto`)
}

/** Puts the draft in place, unless another process that does the same was faster. */
function install(draft, stamp) {
  rmSync(target, { recursive: true, force: true })
  try {
    renameSync(draft, target)
  } catch (error) {
    if (!isCurrent(stamp)) throw error
  }
}

function isCurrent(stamp) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
}

/** Lets cargo download the pinned release; it refuses one whose checksum is not that of the lock file. */
function locateRelease() {
  say('locating the released crate (cargo downloads it when needed)')
  const output = run(
    'cargo',
    ['metadata', '--locked', '--format-version', '1', '--manifest-path', join(recipe, 'Cargo.toml')],
    'cargo was not found: install Rust from https://rustup.rs',
  )
  const release = JSON.parse(output).packages.find(({ name }) => name === 'quinn-proto')
  if (!release?.source?.startsWith('registry+')) {
    throw new Error('crates/quinn-proto/Cargo.toml does not take quinn-proto from a registry')
  }
  return { version: release.version, source: dirname(release.manifest_path) }
}

/**
 * Without fuzz: a patch that does not fit exactly is for a person to look at. And not by `git apply`:
 * inside an ignored folder that changes nothing and reports success.
 */
function apply(file, directory) {
  say(`applying ${basename(file)}`)
  run(
    'patch',
    ['-p1', '-F0', '-N', '-f', '-s', '-d', directory, '-i', file],
    'patch was not found: install it (apt install patch; on Windows it comes with Git, in usr\\bin)',
  )
}

function run(command, args, whenMissing) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (result.error?.code === 'ENOENT') throw new Error(whenMissing)
  if (result.error != null) throw result.error
  if (result.status !== 0) {
    throw new Error(`${command} ${args[0]} failed:\n${result.stdout.slice(-4000)}${result.stderr.slice(-4000)}`)
  }
  return result.stdout
}

function say(text) {
  process.stderr.write(`quinn-proto: ${text}\n`)
}
