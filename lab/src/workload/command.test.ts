import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../errors.ts'
import { workloadCommand } from './command.ts'

const wrong = [
  ['a browser that there is not', ['--browser', 'lynx'], /chromium, firefox, node/],
  ['no blocks', ['--blocks', '0'], /whole number/],
  ['a number that is none', ['--blocks', 'many'], /whole number/],
  ['a transport that there is not', ['--transport', 'tcp'], /sluice or stock/],
  ['the stock transport on Node.js', ['--browser', 'node', '--transport', 'stock'], /does not dial/],
] as const

for (const [what, args, message] of wrong) {
  test(`refuses ${what} before anything is installed`, async () => {
    await assert.rejects(workloadCommand(args), (error) => error instanceof UsageError && message.test(error.message))
  })
}
