import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StreamCutError } from '../errors.ts'
import { DEMO_PROTOCOL, demo, requestStreams } from './demo.ts'
import { ECHO_PROTOCOL, echo } from './echo.ts'
import { protocolService } from './service.ts'
import { finish, receive, send } from './stream-io.ts'
import { connect } from './testing.ts'

describe('demo', () => {
  for (const mode of ['sequential', 'concurrent'] as const) {
    it(`opens as many ${mode} streams towards the asker as it asks for`, async () => {
      const { ours, streams } = await connect({ ours: [echo()], theirs: [demo()] })
      const result = await requestStreams(ours, { streams: 12, mode, bytes: 100 })
      assert.deepEqual([result.done, result.failed, result.error], [12, 0, null])
      assert.equal(streams.filter(([outbound]) => outbound.protocol === ECHO_PROTOCOL).length, 12)
    })
  }

  it('counts the streams that failed and tells the first reason', async () => {
    const rude = protocolService(ECHO_PROTOCOL, (stream) => stream.abort(new Error('no')))
    const { ours } = await connect({ ours: [rude], theirs: [demo()] })
    const result = await requestStreams(ours, { streams: 3, mode: 'sequential', bytes: 1 })
    assert.deepEqual([result.done, result.failed, result.error?.code], [0, 3, 'ERR_STREAM_CUT'])
  })

  it('refuses a second run while one is under way', async () => {
    const held = protocolService(ECHO_PROTOCOL, () => {})
    const { ours } = await connect({ ours: [held], theirs: [demo()] })
    const leave = new AbortController()
    const first = requestStreams(ours, { streams: 1, mode: 'sequential', bytes: 1 }, { signal: leave.signal })
    await assert.rejects(requestStreams(ours, { streams: 1, mode: 'sequential', bytes: 1 }), StreamCutError)
    leave.abort(new Error('enough'))
    await assert.rejects(first, { message: 'enough' })
  })

  for (const [name, request] of [
    ['not JSON', 'streams please'],
    ['not an object', '7'],
    ['without a mode', '{"streams":1,"bytes":1}'],
    ['for a negative number of streams', '{"streams":-1,"mode":"sequential","bytes":1}'],
    ['for more streams than allowed', '{"streams":1e9,"mode":"sequential","bytes":1}'],
    ['longer than allowed', ' '.repeat(5000)],
  ] as const) {
    it(`resets a request that is ${name}`, async () => {
      const { ours } = await connect({ theirs: [demo()] })
      const stream = await ours.newStream(DEMO_PROTOCOL)
      const received = receive(stream, () => undefined)
      await Promise.all([
        assert.rejects(received, StreamCutError),
        send(stream, new TextEncoder().encode(request)),
        finish(stream),
      ])
    })
  }
})
