import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { EngineError } from './errors.ts'
import type { Addon } from './native.ts'

const require = createRequire(import.meta.url)

/** By `scripts/build-addon.mjs`. */
const BUILT_HERE = fileURLToPath(new URL('../native/sluice-engine.node', import.meta.url))

/** There in a clone of the repository alone. */
const SOURCES = fileURLToPath(new URL('../../../scripts/engine-sources.mjs', import.meta.url))

let addon: Addon | undefined

/**
 * Loads the addon: the one built in this repository, else the package for this platform.
 *
 * @throws EngineError `ERR_ADDON_MISSING`, `ERR_ADDON_STALE`
 */
export function loadAddon(): Addon {
  addon ??= load()
  return addon
}

function load(): Addon {
  const failures: unknown[] = []
  for (const path of [BUILT_HERE, ...platformPackages()]) {
    let found: Addon
    try {
      found = require(path)
    } catch (error) {
      failures.push(error)
      continue
    }
    if (path === BUILT_HERE) checkSources(found)
    return found
  }
  throw new EngineError(
    'ERR_ADDON_MISSING',
    `the QUIC engine is not there for ${process.platform} ${process.arch} (Node.js ${process.version}). In a clone of the repository ` +
      'build it with `node scripts/build-addon.mjs`, which needs Rust (https://rustup.rs) and a C compiler.',
    { cause: new AggregateError(failures, 'none of the places that an addon can be has one that loads') },
  )
}

/** An addon that is older than the code that calls it may load, and then say nothing where something is waited for. */
function checkSources({ sources }: Addon): void {
  if (!existsSync(SOURCES)) return
  const { hashEngineSources } = require(SOURCES) as { hashEngineSources(): string }
  if (sources === hashEngineSources()) return
  throw new EngineError(
    'ERR_ADDON_STALE',
    'the QUIC engine was built from other sources than those of this clone: build it with `node scripts/build-addon.mjs`',
  )
}

/** On Linux the C library is part of the name. */
function platformPackages(): string[] {
  const { platform, arch } = process
  switch (platform) {
    case 'linux':
      return [`@sluice/engine-linux-${arch}-gnu`, `@sluice/engine-linux-${arch}-musl`]
    case 'win32':
      return [`@sluice/engine-win32-${arch}-msvc`]
    default:
      return [`@sluice/engine-${platform}-${arch}`]
  }
}
