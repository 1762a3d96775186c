import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quinnEngine } from '@sluice/engine'
import { makeCertificate } from '@sluice/engine/testing'
import { connect, listen } from '@sluice/webtransport'
import { answer, exchange } from './exchange.ts'
import { stopObserving } from './unobserved.ts'

test('streams flow unobserved: their credit comes back, and the ledger of the session has none of them', async () => {
  stopObserving()
  const certificate = makeCertificate()
  const server = await listen({
    engine: quinnEngine,
    certificate,
    transport: { maxIncomingBidi: 32 },
    onSession: (session) => {
      session.onStream = answer
    },
  })
  const session = await connect(`https://127.0.0.1:${server.address.port}/`, {
    engine: quinnEngine,
    serverCertificateHashes: [certificate.hash],
  })
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 32 }, async () => exchange(await session.openStream())))
  }
  const { accounts } = session.credit
  const opened = (wanted: string): number =>
    accounts.reduce((sum, { layer, opened }) => sum + (layer === wanted ? opened : 0), 0)
  assert.equal(opened('session'), 0)
  assert.ok(opened('quic') > 320)
  session.close()
  await server.close()
})
