import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AddressNotAvailableError, PortInUseError } from '../errors.ts'
import { listenError } from './listen-error.ts'

const place = { host: '10.0.0.1', port: 80, protocol: 'UDP', hostFlag: '--host', portFlag: '--port' } as const

function failure(code: string): Error {
  return Object.assign(new Error('below'), { code })
}

describe('listenError', () => {
  for (const code of ['EADDRINUSE', 'ERR_ADDRESS_IN_USE']) {
    it(`turns ${code} into advice about the port, wherever in the causes it is`, () => {
      const cause = new Error('above', { cause: failure(code) })
      const error = listenError(cause, place)
      assert.ok(error instanceof PortInUseError)
      assert.match(error.message, /UDP port 80 of 10\.0\.0\.1 is in use.*--port/)
      assert.equal(error.cause, cause)
    })
  }

  for (const code of ['EADDRNOTAVAIL', 'ERR_ADDRESS_NOT_AVAILABLE']) {
    it(`turns ${code} into advice about the address`, () => {
      const error = listenError(failure(code), place)
      assert.ok(error instanceof AddressNotAvailableError)
      assert.match(error.message, /10\.0\.0\.1 is not an address of this machine.*--host/)
    })
  }

  it('leaves other failures as they are', () => {
    const error = failure('EACCES')
    assert.equal(listenError(error, place), error)
  })
})
