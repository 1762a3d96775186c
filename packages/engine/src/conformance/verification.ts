import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CloseReason, Engine, ServerVerification } from '../engine.ts'
import { type CertificateRequest, makeCertificate, type TestCertificate } from '../testing/certificate.ts'
import { connectOptions, listen } from './pair.ts'
import { Peer } from './peer.ts'

const DAY = 24 * 60 * 60 * 1000
const inDays = (days: number): Date => new Date(Date.now() + days * DAY)

/** A certificate whose hash is expected, and is refused all the same (W3C WebTransport, custom certificate requirements). */
const REFUSED: Record<string, CertificateRequest> = {
  'has expired': { notBefore: inDays(-8), notAfter: inDays(-1) },
  'is not valid yet': { notBefore: inDays(1), notAfter: inDays(8) },
  'is valid for more than 14 days': { notBefore: inDays(-1), notAfter: inDays(14) },
  'has an RSA key': { key: 'rsa' },
}

export function verificationSuite(engine: Engine): void {
  const dial = async (
    certificate: TestCertificate,
    verify: ServerVerification,
    serverName: string,
  ): Promise<CloseReason | undefined> => {
    const listener = await listen(engine, { certificate })
    const dialer = await engine.bind({})
    const client = new Peer(dialer.connect(listener.endpoint.address, { ...connectOptions, verify, serverName }))
    await client.connected().catch(() => undefined)
    if (client.closings.length > 0) assert.deepEqual(listener.peers, [], 'the server has no connection either')
    return client.closings[0]
  }
  const mustRefuse = async (certificate: TestCertificate, verify: ServerVerification, serverName: string) => {
    const reason = await dial(certificate, verify, serverName)
    assert.ok(reason?.kind === 'tls', JSON.stringify(reason))
    assert.equal(reason.remote, false)
    assert.ok(reason.code >= 0x100 && reason.code < 0x200)
  }

  test('one of several hashes is enough, whatever the name', async () => {
    const certificate = makeCertificate()
    const verify = { certificateHashes: [makeCertificate().hash, certificate.hash] }
    assert.equal(await dial(certificate, verify, 'another.name'), undefined)
    assert.equal(await dial(certificate, verify, '127.0.0.1'), undefined, 'an address as name')
  })

  test('a certificate of exactly 14 days is accepted', async () => {
    const start = Math.floor(Date.now() / 1000) * 1000 - DAY
    const certificate = makeCertificate({ notBefore: new Date(start), notAfter: new Date(start + 14 * DAY) })
    assert.equal(await dial(certificate, { certificateHashes: [certificate.hash] }, 'a.test'), undefined)
  })

  test('a certificate with another hash is refused', () =>
    mustRefuse(makeCertificate(), { certificateHashes: [makeCertificate().hash] }, 'sluice.test'))

  for (const [what, request] of Object.entries(REFUSED)) {
    test(`a certificate with the right hash that ${what} is refused`, async () => {
      const certificate = makeCertificate(request)
      await mustRefuse(certificate, { certificateHashes: [certificate.hash] }, certificate.name)
    })
  }

  test('by roots, a certificate that one of them signed for the name is accepted', async () => {
    const root = makeCertificate({ authority: true, name: 'root.test' })
    const leaf = makeCertificate({ issuer: root, name: 'leaf.test', notAfter: inDays(300) })
    const roots = [makeCertificate({ authority: true, name: 'other.test' }).certificate, root.certificate]
    assert.equal(await dial(leaf, { roots }, 'leaf.test'), undefined)
    await mustRefuse(leaf, { roots }, 'wrong.test')
    await mustRefuse(leaf, { roots: roots.slice(0, 1) }, 'leaf.test')
    await mustRefuse(makeCertificate({ name: 'leaf.test' }), { roots }, 'leaf.test')
  })

  test('what cannot be verified at all is refused before anything is sent', async () => {
    const dialer = await engine.bind({})
    const remote = { host: '127.0.0.1', port: 9 }
    for (const verify of [
      { certificateHashes: [] },
      { certificateHashes: [new Uint8Array(31)] },
      { roots: [new Uint8Array(5)] },
    ]) {
      assert.throws(() => dialer.connect(remote, { ...connectOptions, verify }), { code: 'ERR_INVALID_OPTION' })
    }
    assert.equal(dialer.stats().connections, 0)
  })
}
