import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Installed versions of packages that the bench depends on. */
export function versionsOf(...packages: string[]): Record<string, string> {
  return Object.fromEntries(packages.map((name) => [name, versionOf(name)]))
}

function versionOf(name: string): string {
  const file = findPackageJSON(name, import.meta.url)
  if (file === undefined) return 'unknown'
  const { version }: { version?: unknown } = JSON.parse(readFileSync(file, 'utf8'))
  return typeof version === 'string' ? version : 'unknown'
}
