import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { certhash } from '../certhash.ts'
import { FakeWebTransport } from '../testing/fake-web-transport.ts'
import { connect } from './connect.ts'
import { DialThrottle } from './dial-throttle.ts'

const TARGET = {
  host: '127.0.0.1',
  port: 1,
  url: 'https://127.0.0.1:1/.well-known/libp2p-webtransport?type=noise',
  certhashes: [certhash(new Uint8Array(32).fill(3))],
  remotePeer: undefined,
}

const OPTIONS = { incomingStreams: 256 }

/** Installs a platform whose sessions behave as the test says, and remembers how they were made. */
function platform(t: TestContext, begin: (transport: FakeWebTransport) => Partial<FakeWebTransport>) {
  const made: { url: string; options: WebTransportOptions; transport: FakeWebTransport }[] = []
  const original = Object.getOwnPropertyDescriptor(globalThis, 'WebTransport')
  Object.defineProperty(globalThis, 'WebTransport', {
    configurable: true,
    value: function construct(url: string, options: WebTransportOptions) {
      const transport = new FakeWebTransport()
      Object.assign(transport, begin(transport))
      made.push({ url, options, transport })
      return transport
    },
  })
  t.after(() => {
    if (original === undefined) Reflect.deleteProperty(globalThis, 'WebTransport')
    else Object.defineProperty(globalThis, 'WebTransport', original)
  })
  return made
}

const never = new Promise<undefined>(() => {})

test('a session is asked for by certificate hashes at the well-known path', async (t) => {
  const made = platform(t, () => ({}))
  const session = await connect(TARGET, AbortSignal.timeout(1_000), OPTIONS)
  assert.equal(session.credit.exact, false)
  assert.equal(made[0]?.url, TARGET.url)
  assert.deepEqual(made[0]?.options.serverCertificateHashes, [
    { algorithm: 'sha-256', value: new Uint8Array(32).fill(3) },
  ])
})

test('a session that fails is a typed error with its cause', async (t) => {
  const cause = new Error('refused')
  platform(t, () => ({ ready: Promise.reject(cause), closed: Promise.reject(cause) }))
  await assert.rejects(connect(TARGET, AbortSignal.timeout(1_000), OPTIONS), { code: 'ERR_SESSION_FAILED', cause })
})

test('a session that was closed in order before it was ready never was one', async (t) => {
  platform(t, () => ({ ready: never, closed: Promise.resolve({}) }))
  await assert.rejects(connect(TARGET, AbortSignal.timeout(1_000), OPTIONS), { code: 'ERR_SESSION_FAILED' })
})

test('giving up closes what was begun and rejects with the reason', async (t) => {
  let closed = 0
  platform(t, () => ({
    ready: never,
    close: () => {
      closed += 1
    },
  }))
  const controller = new AbortController()
  const waiting = connect(TARGET, controller.signal, OPTIONS)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(waiting, reason)
  assert.equal(closed, 1)
  await assert.rejects(connect(TARGET, controller.signal, OPTIONS), reason)
})

test('without WebTransport the error says so, and nothing is offered for dialling', async () => {
  await assert.rejects(connect(TARGET, AbortSignal.timeout(1_000), OPTIONS), { code: 'ERR_WEBTRANSPORT_UNSUPPORTED' })
})

const refusal = () => ({ ready: Promise.reject(new Error('lost')), closed: Promise.reject(new Error('lost')) })

test('a dial that the browser refuses for want of patience with the page says so', async (t) => {
  platform(t, refusal)
  const throttle = new DialThrottle(() => 0)
  for (let pending = 0; pending < 64; pending += 1) throttle.begin()
  await assert.rejects(connect(TARGET, AbortSignal.timeout(1_000), { ...OPTIONS, throttle }), {
    code: 'ERR_DIAL_THROTTLED',
    hold: { failed: 0, pending: 64, least: 0, most: 90_000 },
  })
})

test('a dial that fails by itself is not taken for one that was held back', async (t) => {
  platform(t, refusal)
  const throttle = new DialThrottle(() => 0)
  await assert.rejects(connect(TARGET, AbortSignal.timeout(1_000), { ...OPTIONS, throttle }), {
    code: 'ERR_SESSION_FAILED',
  })
  assert.equal(throttle.begin().hold.failed, 1)
})

test('a dial that somebody gave up is not said to be held back', async (t) => {
  platform(t, () => ({ ready: never }))
  const throttle = new DialThrottle(() => 0)
  throttle.begin()
  const controller = new AbortController()
  const waiting = connect(TARGET, controller.signal, { ...OPTIONS, throttle })
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(waiting, reason)
})

test('a dial that is held back says so at once, and when its time is over while it is', async (t) => {
  platform(t, () => ({ ready: never }))
  const clock = { now: 0 }
  const throttle = new DialThrottle(() => clock.now)
  for (let failed = 0; failed < 10; failed += 1) {
    const dial = throttle.begin()
    clock.now += dial.hold.most
    dial.failed(false)
  }
  const holds: number[] = []
  const controller = new AbortController()
  const waiting = connect(TARGET, controller.signal, {
    ...OPTIONS,
    throttle,
    onHeldBack: ({ least }) => holds.push(least),
  })
  assert.deepEqual(holds, [2_560])
  const cause = new DOMException('', 'TimeoutError')
  controller.abort(cause)
  await assert.rejects(waiting, { code: 'ERR_DIAL_THROTTLED', cause })
})
