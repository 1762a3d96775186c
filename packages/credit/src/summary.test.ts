import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StreamRecord } from './live-stream.ts'
import { endRead, finished, untouched, verdict } from './testing/scene.ts'
import { accountProof } from './verdict.ts'

describe('the proof of a verdict', () => {
  it('proves what it says: numbers, oldest stream, one sentence', () => {
    const found = verdict({
      opener: 'us',
      live: [
        [1, 7_000, untouched],
        [1, 6_000, endRead],
        [14, 5_000, finished],
      ],
      waitsFor: 1_200,
      blockedFrames: 1,
    })
    const proof = accountProof(found)
    assert.deepEqual(proof?.holders, {
      notAccepted: 0,
      inUse: 1,
      sendOpen: 1,
      receiveOpen: 14,
      notReleased: 0,
      closing: 0,
    })
    assert.deepEqual([proof?.blockedFor, proof?.window, proof?.unreturned, proof?.blockedFrames], [1_200, 16, 0, 1])
    assert.deepEqual(proof?.oldest, {
      id: 8,
      kind: 'bidi',
      opener: 'us',
      owner: null,
      openedAt: 5_000,
      acceptedAt: 5_000,
      send: 'finished',
      receive: 'open',
      closedAt: null,
      bytesRead: 0,
      bytesWritten: 0,
    })
    assert.equal(proof?.oldestAge, 5_000)
    assert.equal(
      found.summary,
      'no bidi stream could be opened for 1200 ms: 15 of 16 have one half left, 1 not finished by the application ' +
        'here, 14 not ended by the peer or not read',
    )
  })

  it('names whoever has more than half of the streams that it speaks of, and nobody else', () => {
    const owned = (name: string, halves: (record: StreamRecord) => void) => (record: StreamRecord) => {
      record.own(name)
      halves(record)
    }
    const held = (bitswap: number) =>
      verdict({
        opener: 'us',
        live: [
          [bitswap - 4, 5_000, owned('/ipfs/bitswap/1.2.0', finished)],
          [4, 5_000, owned('/ipfs/bitswap/1.2.0', endRead)],
          [12 - bitswap, 5_000, owned('/ipfs/ping/1.0.0', finished)],
          [4, 5_000, owned('/ipfs/id/1.0.0', untouched)],
        ],
        waitsFor: 1_000,
      })
    const found = held(7)
    assert.deepEqual(
      [found.code, accountProof(found)?.owner],
      ['half-open', { name: '/ipfs/bitswap/1.2.0', streams: 7 }],
    )
    assert.match(found.summary, /; 7 of them are \/ipfs\/bitswap\/1\.2\.0$/)
    assert.equal(accountProof(held(6))?.owner, null)
  })

  it('shows the sum when a limit is too small for how long streams live', () => {
    const { summary } = verdict({
      opener: 'us',
      over: 100,
      overFor: 50,
      raised: 100,
      live: [[16, 60, untouched]],
      waitsFor: 3_000,
      servedAgo: 60,
    })
    assert.match(summary, /live for 100 ms, which makes at most 160 a second, and 16 are in use now/)
  })

  it('shows no such sum when no stream comes and goes', () => {
    const { summary } = verdict({ opener: 'us', over: 1, raised: 1, live: [[16, 5_000, untouched]], waitsFor: 1_000 })
    assert.match(summary, /for 1000 ms: 16 are in use at once against a limit of 16, the oldest for 5000 ms/)
  })
})
