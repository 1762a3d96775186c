import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CreditAccount, type PeerStrategy, profileOfRuntime, StreamLedger } from '@sluice/credit'
import { fakePair } from '../testing/fake-web-transport.ts'
import { BrowserStream } from './stream.ts'

const CHROMIUM = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise<void>(setImmediate)
}

/** A stream in a page of this strategy, its other end, and what it told. */
async function stream(strategy: PeerStrategy) {
  const [near, far] = fakePair()
  const streams = new StreamLedger(new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, null))
  const told: string[] = []
  const arriving = far.incomingBidirectionalStreams.getReader().read()
  const ours = new BrowserStream(await near.createBidirectionalStream(), streams.open(0, 0), strategy, () =>
    told.push('retired'),
  )
  ours.events = { finished: () => told.push('finished') }
  const { value: theirs } = await arriving
  assert.ok(theirs)
  return { ours, theirs, told }
}

test('in Chromium all has arrived when the writer is closed', async () => {
  const { ours, theirs, told } = await stream(profileOfRuntime(CHROMIUM).strategy)
  ours.finish()
  await theirs.readable.getReader().read()
  await settle()
  assert.deepEqual(told, ['finished'])
})

test('in Firefox all has arrived only when the peer has ended its half too', async () => {
  const { ours, theirs, told } = await stream(profileOfRuntime(FIREFOX).strategy)
  ours.finish()
  await theirs.readable.getReader().read()
  await settle()
  assert.deepEqual(told, [])
  await theirs.writable.close()
  await settle()
  assert.deepEqual(told, ['finished', 'retired'])
})

test('in Firefox a half that was reset never counts as arrived', async () => {
  const { ours, theirs, told } = await stream(profileOfRuntime(FIREFOX).strategy)
  ours.reset(0)
  await theirs.writable.close()
  await settle()
  assert.deepEqual(told, ['retired'])
})
