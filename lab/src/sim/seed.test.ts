import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { NoStreamCreditError } from '@sluice/credit'
import { DataStream, WebTransportSession } from '@sluice/webtransport'
import { accuse } from './accuse.ts'
import { runMuxers } from './libp2p/run.ts'
import { planOf } from './plan.ts'
import { runPlan } from './run.ts'
import { runSeed } from './seed.ts'

test('seeds pass, and each repeats itself to the last datagram', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const first = await runSeed(seed)
    assert.deepEqual(first.faults, [])
    assert.deepEqual(await runSeed(seed), first)
  }
})

/** What each once showed. */
const once: readonly (readonly [seed: number, fault: string])[] = [
  [
    6073,
    'small writes starved beside a large one in a small session window, as js-libp2p writes a turn after its call',
  ],
  [6308, 'the same, with more than one portion of credit to write'],
]

for (const [seed, fault] of once) {
  test(`seed ${seed}: ${fault}`, async () => {
    assert.deepEqual((await runSeed(seed)).faults, [])
  })
}

test('a capsule that is lost twice on its way accuses nobody', async () => {
  const small = { maxIncomingBidi: 300, maxIncomingUni: 300, receiveWindow: 1_000 }
  const network = { name: 'a tenth lost', at: () => ({ delay: 15, loss: 0.1 }) }
  for (const seed of [2, 16, 54]) {
    const plan = { ...planOf(seed), sessionLimits: { client: small, server: small }, network }
    assert.deepEqual((await runPlan(plan)).faults, [])
  }
})

/** Faults of a few seeds, with what `t` has broken. */
async function faults(): Promise<readonly string[]> {
  const found = []
  for (const seed of [3, 8, 10]) found.push(...(await runPlan(planOf(seed))).faults)
  return found
}

const { prototype: stream } = DataStream
const { prototype: session } = WebTransportSession

/** What breaks the rule of the stream or of the ledger, and must not go unnoticed. */
const mutations: readonly [string, (t: TestContext) => void][] = [
  ['STOP_SENDING that is never sent', (t) => t.mock.method(stream, 'stopSending', () => {})],
  ['FIN that is never sent', (t) => t.mock.method(stream, 'finish', () => {})],
  ['a reset that is never sent', (t) => t.mock.method(stream, 'resetRaw', () => {})],
  [
    'an open that is refused too early',
    (t) => {
      t.mock.method(session, 'openStream', () => Promise.reject(new NoStreamCreditError(account, 0)))
    },
  ],
  ['a byte that is changed', (t) => t.mock.method(stream, 'read', spoilt(stream.read))],
]

const account = {
  layer: 'quic',
  kind: 'bidi',
  opener: 'us',
  limit: 0,
  opened: 0,
  accepted: 0,
  retired: 0,
  live: 0,
  available: 0,
  waiting: 0,
  blockedSince: null,
} as const

function spoilt(read: DataStream['read']) {
  return function (this: DataStream, max?: number): Uint8Array | undefined {
    const chunk = read.call(this, max)
    return chunk?.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
  }
}

for (const [what, mutate] of mutations) {
  test(`${what} is noticed`, async (t) => {
    mutate(t)
    assert.notDeepEqual(await faults(), [])
  })
}

test('STOP_SENDING that is never sent is noticed under js-libp2p too', async (t) => {
  t.mock.method(stream, 'stopSending', () => {})
  assert.notDeepEqual((await runMuxers(planOf(1), () => {})).faults, [])
})

test('a culprit that is not named is noticed', async (t) => {
  t.mock.getter(session, 'verdict', () => ({ code: 'healthy', harmless: true, proof: null, summary: 'all is well' }))
  const { verdictMs, faults: found } = await accuse(1, () => {})
  assert.equal(verdictMs, undefined)
  assert.notDeepEqual(found, [])
})

test('a stall that has no reason is a false alarm', async (t) => {
  const summary = 'nobody accepts'
  const { get: verdict } = Object.getOwnPropertyDescriptor(session, 'verdict') ?? {}
  assert.ok(verdict !== undefined)
  t.mock.getter(session, 'verdict', function (this: WebTransportSession) {
    const found = verdict.call(this)
    return found.harmless ? { ...found, code: 'not-released', harmless: false, summary } : found
  })
  const { faults: found } = await runPlan(planOf(1))
  assert.ok(found.some((fault) => fault.startsWith('false alarm')))
})
