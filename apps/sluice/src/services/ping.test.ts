import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StreamCutError } from '../errors.ts'
import { measurePings } from './ping.ts'
import { protocolService } from './service.ts'
import { finish, receive, send } from './stream-io.ts'
import { connect } from './testing.ts'

const PING = '/ipfs/ping/1.0.0'

describe('measurePings', () => {
  it('times each round trip on one stream and ends both halves of it', async () => {
    const answering = protocolService(PING, async (stream) => {
      await receive(stream, (data) => send(stream, data))
      await finish(stream)
    })
    const { ours, streams } = await connect({ theirs: [answering] })
    const times = await measurePings(ours, 7)
    assert.equal(times.length, 7)
    assert.ok(times.every((time) => time > 0))
    assert.equal(streams.length, 1)
    for (const stream of streams.flat()) assert.equal(stream.writeStatus, 'closed')
  })

  it('fails when the other end resets the stream', async () => {
    const rude = protocolService(PING, (stream) => stream.abort(new Error('no')))
    const { ours } = await connect({ theirs: [rude] })
    await assert.rejects(measurePings(ours, 1), StreamCutError)
  })
})
