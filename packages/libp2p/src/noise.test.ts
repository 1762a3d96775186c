import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import type { SessionStream } from '@sluice/webtransport'
import { certhash } from './certhash.ts'
import { secureInbound, secureOutbound } from './noise.ts'
import { nodeComponents } from './testing/components.ts'
import { sessionPair } from './testing/session-pair.ts'

const log = defaultLogger().forComponent('test')
const [last, current, next, foreign] = [1, 2, 3, 4].map((fill) => certhash(new Uint8Array(32).fill(fill))) as [
  ReturnType<typeof certhash>,
  ReturnType<typeof certhash>,
  ReturnType<typeof certhash>,
  ReturnType<typeof certhash>,
]

async function handshake(dialled: ReturnType<typeof certhash>[], expectOther = false) {
  const [client, server] = sessionPair()
  const [us, them, other] = await Promise.all([nodeComponents(), nodeComponents(), nodeComponents()])
  const accepted = new Promise<SessionStream>((resolve) => {
    server.onStream = resolve
  })
  const signal = AbortSignal.timeout(5_000)
  const inbound = accepted.then((wire) => secureInbound(them, wire, { signal, log, certhashes: [last, current, next] }))
  const remotePeer = (expectOther ? other : them).peerId
  const outbound = secureOutbound(us, await client.openStream(), { signal, log, certhashes: dialled, remotePeer })
  const [out, back] = await Promise.allSettled([outbound, inbound])
  return { out, back, us, them, client }
}

test('each end learns who the other is, and the stream gives its credit back', async () => {
  const { out, back, us, them, client } = await handshake([current, next])
  assert.ok(out.status === 'fulfilled' && out.value.equals(them.peerId))
  assert.ok(back.status === 'fulfilled' && back.value.equals(us.peerId))
  while (client.credit.accounts[0]?.live !== 0) await new Promise(setImmediate)
})

test('a hash that the server does not confirm ends the handshake', async () => {
  const { out } = await handshake([current, foreign])
  assert.ok(out.status === 'rejected')
  assert.equal(out.reason.code, 'ERR_CERTHASH_NOT_CONFIRMED')
})

test('another peer than the one dialled ends the handshake', async () => {
  const { out } = await handshake([current], true)
  assert.ok(out.status === 'rejected')
  assert.equal(out.reason.name, 'UnexpectedPeerError')
})
