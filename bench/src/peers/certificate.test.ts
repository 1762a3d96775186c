import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import test from 'node:test'
import { addressOf, certificateHash, selfSignedCertificate } from './certificate.ts'

test('the certificate is signed by its own key, valid now and for less than 14 days', () => {
  const { certificate, privateKey } = selfSignedCertificate()
  const parsed = new X509Certificate(certificate)
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })
  assert.ok(parsed.verify(parsed.publicKey))
  assert.ok(parsed.checkPrivateKey(key))
  assert.ok(parsed.validFromDate.getTime() < Date.now() && Date.now() < parsed.validToDate.getTime())
  assert.ok(parsed.validToDate.getTime() - parsed.validFromDate.getTime() < 14 * 24 * 60 * 60 * 1000)
})

test('an address carries the hash that OpenSSL computes', () => {
  const { certificate } = selfSignedCertificate()
  const hash = certificateHash(new URL(addressOf('127.0.0.1', 4433, certificate)))
  const expected = new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase()
  assert.equal(Buffer.from(hash).toString('hex'), expected)
})
