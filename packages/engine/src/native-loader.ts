import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { EngineError } from './errors.ts'
import type { Addon } from './native.ts'

const require = createRequire(import.meta.url)

let addon: Addon | undefined

/**
 * Loads the addon: the one built in this repository, else the package for this platform.
 *
 * @throws EngineError `ERR_ADDON_MISSING`
 */
export function loadAddon(): Addon {
  addon ??= load()
  return addon
}

function load(): Addon {
  const failures: unknown[] = []
  for (const name of platformNames()) {
    for (const path of [localPath(name), `@sluice/engine-${name}`]) {
      try {
        return require(path) as Addon
      } catch (error) {
        failures.push(error)
      }
    }
  }
  throw new EngineError(
    'ERR_ADDON_MISSING',
    `the QUIC engine is not there for ${process.platform} ${process.arch} (Node.js ${process.version}). In a clone of the repository ` +
      'build it with `node scripts/build-addon.mjs`, which needs Rust (https://rustup.rs) and a C compiler.',
    { cause: new AggregateError(failures, 'none of the places that an addon can be has one that loads') },
  )
}

function localPath(name: string): string {
  return fileURLToPath(new URL(`../native/sluice-engine.${name}.node`, import.meta.url))
}

/** As @napi-rs/cli names platforms; on Linux the C library is part of it. */
function platformNames(): string[] {
  const { platform, arch } = process
  switch (platform) {
    case 'linux':
      return [`linux-${arch}-gnu`, `linux-${arch}-musl`]
    case 'win32':
      return [`win32-${arch}-msvc`]
    default:
      return [`${platform}-${arch}`]
  }
}
