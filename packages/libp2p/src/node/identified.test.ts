import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentifyResult, Libp2pEvents } from '@libp2p/interface'
import { TypedEventEmitter } from 'main-event'
import { rememberSession } from '../credit.ts'
import { nodeComponents } from '../testing/components.ts'
import { MemorySession } from '../testing/session-pair.ts'
import { WebTransportTransport } from './transport.ts'

/** What js-libp2p tells when identify is done, as far as it matters here. */
function identified(timeline: { open: number }, agentVersion?: string) {
  return { detail: { connection: { timeline }, agentVersion } as IdentifyResult }
}

test('what a peer calls itself in identify reaches its session, while the transport runs', async () => {
  const events = new TypedEventEmitter<Libp2pEvents>()
  const transport = new WebTransportTransport({ ...(await nodeComponents()), events }, {})
  const timeline = { open: 0 }
  const session = new MemorySession({})
  rememberSession(timeline, session)
  events.safeDispatchEvent('peer:identify', identified(timeline, 'too early'))
  transport.start()
  events.safeDispatchEvent('peer:identify', identified(timeline, 'kubo/0.43.0'))
  events.safeDispatchEvent('peer:identify', identified(timeline))
  events.safeDispatchEvent('peer:identify', identified({ open: 0 }, 'of another transport'))
  transport.stop()
  events.safeDispatchEvent('peer:identify', identified(timeline, 'too late'))
  assert.deepEqual(session.learned, ['kubo/0.43.0'])
})
