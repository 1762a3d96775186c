import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProtocolError, StreamCutError } from '../errors.ts'
import { measurePerf, PERF_PROTOCOL, perf } from './perf.ts'
import { protocolService } from './service.ts'
import { finish, receive, send } from './stream-io.ts'
import { connect } from './testing.ts'

describe('perf', () => {
  for (const [upload, download] of [
    [0, 0],
    [0, 300_001],
    [300_001, 0],
    [70_000, 70_000],
  ] as const) {
    it(`takes ${upload} bytes and gives ${download}, as asked`, async () => {
      const { ours, streams } = await connect({ theirs: [perf()] })
      const result = await measurePerf(ours, { upload, download })
      assert.deepEqual([result.upload, result.download], [upload, download])
      assert.ok(result.milliseconds > 0)
      for (const stream of streams.flat()) assert.equal(stream.writeStatus, 'closed')
    })
  }

  for (const [name, bytes] of [
    ['shorter than its header', new Uint8Array(7)],
    ['for more bytes than can be counted', new Uint8Array(8).fill(0xff)],
  ] as const) {
    it(`resets a request ${name}`, async () => {
      const { ours } = await connect({ theirs: [perf()] })
      const stream = await ours.newStream(PERF_PROTOCOL)
      const received = receive(stream, () => undefined)
      await Promise.all([assert.rejects(received, StreamCutError), send(stream, bytes), finish(stream)])
    })
  }

  it('says so when the answer is shorter than asked', async () => {
    const mean = protocolService(PERF_PROTOCOL, async (stream) => {
      await receive(stream, () => undefined)
      await finish(stream)
    })
    const { ours } = await connect({ theirs: [mean] })
    await assert.rejects(measurePerf(ours, { upload: 0, download: 1 }), ProtocolError)
  })
})
