import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../errors.ts'
import { crowdCommand } from './command.ts'

const wrong = [
  ['no connections', ['--connections', '0'], /--connections takes a whole number/],
  ['a budget that is no number', ['--budget', 'much'], /--budget takes a whole number/],
  ['fewer connections than use up the budget', ['--connections', '2', '--budget', '1000'], /6 connections use up/],
] as const

for (const [what, args, message] of wrong) {
  test(`refuses ${what}`, async () => {
    await assert.rejects(crowdCommand(args), (error) => error instanceof UsageError && message.test(error.message))
  })
}
