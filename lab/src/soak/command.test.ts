import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../errors.ts'
import { soakCommand } from './command.ts'

const wrong = [
  ['a cell that there is not', ['--cell', 'safari'], /node\/session/],
  ['no streams', ['--streams', '0'], /whole number/],
  ['a number that is none', ['--streams', 'many'], /whole number/],
] as const

for (const [what, args, message] of wrong) {
  test(`refuses ${what}`, async () => {
    await assert.rejects(soakCommand(args), (error) => error instanceof UsageError && message.test(error.message))
  })
}
