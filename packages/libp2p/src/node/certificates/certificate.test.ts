import assert from 'node:assert/strict'
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { VALIDITY } from './bucket.ts'
import { deriveCertificate } from './certificate.ts'

const NODE_KEY = new Uint8Array(64).fill(7)
const START = Date.UTC(2026, 10, 22)

test('the same key and start give the same bytes, another start gives others', () => {
  const one = deriveCertificate(NODE_KEY, START)
  assert.deepEqual(deriveCertificate(NODE_KEY, START), one)
  assert.notDeepEqual(deriveCertificate(NODE_KEY, START + 1_000).certificate, one.certificate)
  assert.notDeepEqual(deriveCertificate(new Uint8Array(64).fill(8), START).certificate, one.certificate)
})

test('the certificate is what browsers ask of one that is known by its hash', () => {
  const { certificate, privateKey, hash, notBefore, notAfter } = deriveCertificate(NODE_KEY, START)
  const parsed = new X509Certificate(certificate)
  assert.equal(Date.parse(parsed.validFrom), START)
  assert.equal(Date.parse(parsed.validTo), START + VALIDITY)
  assert.deepEqual([notBefore, notAfter], [START, START + VALIDITY])
  assert.equal(parsed.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  assert.equal(parsed.ca, true)
  assert.equal(parsed.verify(parsed.publicKey), true)
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })
  assert.equal(parsed.checkPrivateKey(key), true)
  assert.deepEqual(Buffer.from(hash.digest), createHash('sha256').update(certificate).digest())
})

test('a start at any time and any key make a certificate that parses', () => {
  for (let round = 0; round < 200; round += 1) {
    const key = new Uint8Array(32).map((_, at) => (round * 31 + at * 17) & 0xff)
    const { certificate } = deriveCertificate(key, START + round * 987_654_000)
    const parsed = new X509Certificate(certificate)
    assert.equal(parsed.verify(parsed.publicKey), true)
    assert.notEqual(parsed.serialNumber, '00')
  }
})

test('years from 2050 on are written in full', () => {
  const start = Date.UTC(2050, 0, 2)
  assert.equal(Date.parse(new X509Certificate(deriveCertificate(NODE_KEY, start).certificate).validFrom), start)
})
