import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labFolder } from '../paths.ts'

/** The scenarios of `lab/required.json`, by name: what once ended as it must may not end otherwise again. */
export function requiredNames(): readonly string[] {
  const required = JSON.parse(readFileSync(join(labFolder, 'required.json'), 'utf8')) as {
    readonly scenarios: readonly string[]
  }
  return required.scenarios
}
