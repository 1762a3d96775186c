import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UsageError } from '../errors.ts'
import { environmentName, integer, optionalText, parseOptions, text, toggle } from './options.ts'

const table = {
  'page-port': integer('PORT', 80, { min: 0, max: 65_535 }, 'a port'),
  host: text('IP', '127.0.0.1', 'an address'),
  key: optionalText('FILE', 'a file'),
  json: toggle('JSON'),
} as const

describe('parseOptions', () => {
  it('falls back where nothing is given', () => {
    assert.deepEqual(parseOptions(table, [], {}), { 'page-port': 80, host: '127.0.0.1', key: undefined, json: false })
  })

  it('takes flags with their value behind or inside', () => {
    const values = parseOptions(table, ['--page-port', '1', '--host=::1', '--json', '--key', 'k'], {})
    assert.deepEqual(values, { 'page-port': 1, host: '::1', key: 'k', json: true })
  })

  it('takes the environment where there is no flag, and the last of two flags', () => {
    const environment = { SLUICE_PAGE_PORT: '7', SLUICE_HOST: '::1', SLUICE_JSON: 'yes', SLUICE_KEY: '' }
    const values = parseOptions(table, ['--page-port', '8', '--page-port', '9'], environment)
    assert.deepEqual(values, { 'page-port': 9, host: '::1', key: undefined, json: true })
  })

  it('lets the environment say no', () => {
    for (const word of ['0', 'false', 'NO', 'off']) {
      assert.equal(parseOptions(table, [], { SLUICE_JSON: word }).json, false)
    }
  })

  const refused: ReadonlyArray<readonly [string, readonly string[], Record<string, string>, RegExp]> = [
    ['an unknown flag', ['--frobnicate'], {}, /unknown option '--frobnicate'$/],
    ['a flag that is nearly one', ['--page'], {}, /unknown option '--page'; did you mean --page-port\?/],
    ['a short flag', ['-x'], {}, /unknown option '-x'/],
    ['the name of something that every object has', ['--constructor'], {}, /unknown option/],
    ['a missing value', ['--page-port'], {}, /--page-port needs a value: --page-port PORT/],
    ['a flag where the value should be', ['--host', '--json'], {}, /--host needs a value/],
    ['a value for a switch', ['--json=1'], {}, /--json takes no value/],
    ['an argument that is no flag', ['stray'], {}, /unexpected argument 'stray'/],
    [
      'a number that is none',
      ['--page-port', '8o'],
      {},
      /--page-port must be a whole number from 0 to 65535, not '8o'/,
    ],
    ['a number out of bounds', [], { SLUICE_PAGE_PORT: '65536' }, /SLUICE_PAGE_PORT must be a whole number/],
    ['a negative number', ['--page-port=-1'], {}, /--page-port must be/],
    ['a switch that is neither', [], { SLUICE_JSON: 'maybe' }, /SLUICE_JSON must be 1 or 0, not 'maybe'/],
  ]
  for (const [name, args, environment, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseOptions(table, args, environment),
        (error) => error instanceof UsageError && error.code === 'ERR_USAGE' && message.test(error.message),
      )
    })
  }

  it('names the environment variable after the flag', () => {
    assert.equal(environmentName('page-port'), 'SLUICE_PAGE_PORT')
  })
})
