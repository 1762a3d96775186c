import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { EchoMismatchError, StreamCutError, StreamIdleError } from '../errors.ts'
import { ECHO_PROTOCOL, echo, echoOnce } from './echo.ts'
import { protocolService } from './service.ts'
import { finish, receive } from './stream-io.ts'
import { connect } from './testing.ts'

describe('echo', () => {
  for (const size of [0, 1, 65_536, 1_000_003]) {
    it(`returns ${size} bytes as they were sent and ends both halves`, async () => {
      const { ours, streams } = await connect({ theirs: [echo()] })
      const payload = randomBytes(size)
      const returned = await echoOnce(ours, payload)
      assert.deepEqual(Buffer.from(returned), payload)
      for (const stream of streams.flat()) assert.equal(stream.writeStatus, 'closed')
    })
  }

  it('says so when fewer bytes return than were sent', async () => {
    const deaf = protocolService(ECHO_PROTOCOL, async (stream) => {
      await receive(stream, () => undefined)
      await finish(stream)
    })
    const { ours } = await connect({ theirs: [deaf] })
    await assert.rejects(echoOnce(ours, randomBytes(10)), EchoMismatchError)
  })

  it('fails with the reset as the cause when the other end resets', async () => {
    const rude = protocolService(ECHO_PROTOCOL, (stream) => stream.abort(new Error('no')))
    const { ours } = await connect({ theirs: [rude] })
    await assert.rejects(echoOnce(ours, randomBytes(10)), (error) => error instanceof StreamCutError && error.remote)
  })

  it('gives up on an end that neither answers nor ends, and resets the stream', async () => {
    const silent = protocolService(ECHO_PROTOCOL, () => {})
    const { ours, streams } = await connect({ theirs: [silent] })
    await assert.rejects(echoOnce(ours, randomBytes(10), { idle: 20 }), StreamIdleError)
    assert.equal(streams[0]?.[0].status, 'aborted')
  })

  it('stops with the reason of its signal', async () => {
    const silent = protocolService(ECHO_PROTOCOL, () => {})
    const { ours } = await connect({ theirs: [silent] })
    const reason = new Error('enough')
    await assert.rejects(echoOnce(ours, randomBytes(10), { signal: AbortSignal.abort(reason) }), reason)
  })
})
