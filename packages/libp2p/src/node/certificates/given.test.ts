import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { WebTransportCertificate } from '../../types.ts'
import { deriveCertificate } from './certificate.ts'
import { GivenCertificates } from './given.ts'

function pem(fill: number): WebTransportCertificate {
  const { certificate, privateKey, hash } = deriveCertificate(new Uint8Array(32).fill(fill), Date.UTC(2026, 10, 22))
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })
  return {
    pem: new X509Certificate(certificate).toString(),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    hash,
    secret: '',
  }
}

test('given certificates are served as they are: the first now, the second advertised, all confirmed', () => {
  const three = [pem(1), pem(2), pem(3)]
  const source = new GivenCertificates(three)
  assert.deepEqual(source.current.hash.digest, three[0]?.hash.digest)
  assert.equal(source.advertised.length, 2)
  assert.equal(source.confirmed.length, 3)
})

for (const [name, certificates] of [
  ['an empty list', []],
  ['what is no PEM', [{ ...pem(1), pem: 'nothing' }]],
  ['the key of another certificate', [{ ...pem(1), privateKey: pem(2).privateKey }]],
] as const) {
  test(`${name} is refused with a typed error`, () => {
    assert.throws(() => new GivenCertificates(certificates), { code: 'ERR_INVALID_CERTIFICATE' })
  })
}
