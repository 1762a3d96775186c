import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { patienceFor } from './patience.ts'

const unhurt = { packetsSent: 10_000, packetsLost: 0 }

describe('patienceFor', () => {
  it('lasts as long as credit can be under way that is lost twice', () => {
    assert.equal(patienceFor({ rtt: 0, rttVariation: 0, ...unhurt }), 200 + 3 * 26)
    assert.equal(patienceFor({ rtt: 30, rttVariation: 5, ...unhurt }), 200 + 30 + 3 * (30 + 20 + 25))
  })

  it('lets a stall be named within a second on ordinary networks', () => {
    assert.ok(patienceFor({ rtt: 100, rttVariation: 20, ...unhurt }) < 1_000)
  })

  const losses: readonly (readonly [packetsSent: number, packetsLost: number, timeouts: number])[] = [
    [0, 0, 3],
    [10_000, 10, 3],
    [10_000, 100, 3],
    [10_000, 200, 7],
    [10_000, 1_000, 7],
    [10_000, 5_000, 7],
    // One of the first is no sign of a path that loses a tenth of all.
    [10, 1, 3],
  ]
  for (const [packetsSent, packetsLost, timeouts] of losses) {
    it(`lasts ${timeouts} probe timeouts where ${packetsLost} of ${packetsSent} packets were lost`, () => {
      assert.equal(patienceFor({ rtt: 0, rttVariation: 0, packetsSent, packetsLost }), 200 + timeouts * 26)
    })
  }
})
