/** Tells which sources an addon was made from: the script that builds it, and in a clone of the repository the loader, too. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What decides the result; tests and prose do not. */
const EXTENSIONS = ['.rs', '.toml', '.lock', '.patch']
const APART = ['.patched', 'target', 'tests']

/** A hash of the sources of the QUIC engine as they stand. */
export function hashEngineSources() {
  const hash = createHash('sha256')
  const files = ['Cargo.toml', 'Cargo.lock', 'scripts/patch-quinn-proto.mjs'].map((file) => join(root, file))
  for (const file of [...files, ...filesBelow(join(root, 'crates'))].sort()) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return APART.includes(entry.name) ? [] : filesBelow(path)
    return EXTENSIONS.includes(extname(entry.name)) ? [path] : []
  })
}
