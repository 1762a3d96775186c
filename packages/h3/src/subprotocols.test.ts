import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidFieldError } from './errors.ts'
import {
  formatAvailableProtocols,
  formatSelectedProtocol,
  parseAvailableProtocols,
  parseSelectedProtocol,
} from './subprotocols.ts'

const LISTS: readonly (readonly [value: string, protocols: string[] | undefined])[] = [
  ['"moq-00"', ['moq-00']],
  ['"a", "b"', ['a', 'b']],
  ['  "a" \t,\t "b"  ', ['a', 'b']],
  ['"a";q=1;x, "b";y="z,\\"";w=?1;t=tok/en;n=-1.5;b=:aGk=:', ['a', 'b']],
  ['"say \\"hi\\" \\\\"', ['say "hi" \\']],
  ['""', ['']],
  ['', undefined],
  ['a', undefined],
  ['"a", b', undefined],
  ['"a", 1', undefined],
  ['"a" "b"', undefined],
  ['"a",', undefined],
  [',"a"', undefined],
  ['("a" "b")', undefined],
  ['"a', undefined],
  ['"a\\x"', undefined],
  ['"é"', undefined],
  ['"a";', undefined],
  ['"a";Q=1', undefined],
  ['"a";q=', undefined],
]

for (const [value, protocols] of LISTS) {
  test(`reads ${value || 'an empty field'} as ${protocols === undefined ? 'nothing' : JSON.stringify(protocols)}`, () => {
    assert.deepEqual(parseAvailableProtocols(value), protocols)
  })
}

test('reads one string as the selected protocol, and nothing else', () => {
  assert.equal(parseSelectedProtocol(' "a";x=1 '), 'a')
  for (const value of ['', 'a', '"a", "b"', '"a" b', '1']) assert.equal(parseSelectedProtocol(value), undefined)
})

test('reads back what was written', () => {
  const protocol = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(fc.array(protocol, { minLength: 1, maxLength: 5 }), (protocols) => {
      assert.deepEqual(parseAvailableProtocols(formatAvailableProtocols(protocols)), protocols)
      assert.equal(parseSelectedProtocol(formatSelectedProtocol(protocols[0] ?? '')), protocols[0])
    }),
  )
})

test('refuses to write what a structured string cannot hold', () => {
  for (const protocol of ['é', 'a\nb', '\x7f']) assert.throws(() => formatSelectedProtocol(protocol), InvalidFieldError)
})

test('never throws on what a peer sends', () => {
  const piece = fc.constantFrom('"', '\\', ';', '=', ',', ' ', 'a', '?1', ':', '@1', '-', '1.', '(', 'é')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const value = pieces.join('')
      parseAvailableProtocols(value)
      parseSelectedProtocol(value)
    }),
  )
})
