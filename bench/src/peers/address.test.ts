import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test from 'node:test'
import { makeCertificate } from '@sluice/engine/testing'
import { addressOf, certificateHash } from './address.ts'

test('an address carries the hash that OpenSSL computes', () => {
  const certificate = makeCertificate()
  const hash = certificateHash(new URL(addressOf('127.0.0.1', 4433, certificate)))
  const expected = new X509Certificate(certificate.certificate).fingerprint256.replaceAll(':', '').toLowerCase()
  assert.equal(Buffer.from(hash).toString('hex'), expected)
})
