import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RefillPolicy } from './refill.ts'
import {
  accepted,
  answered,
  closed,
  closedNow,
  endRead,
  finished,
  finishedNow,
  ourHalfLeft,
  type Scene,
  unanswered,
  untouched,
  verdict,
} from './testing/scene.ts'
import { accountProof, type VerdictCode } from './verdict.ts'

const table: readonly (readonly [code: VerdictCode, name: string, scene: Scene])[] = [
  // Ours
  ['healthy', 'an open stream and credit left', { opener: 'us', live: [[3, 9_000, untouched]] }],
  ['healthy', 'no credit left, and nobody who wants any', { opener: 'us', live: [[16, 9_000, untouched]] }],
  [
    'healthy',
    'an open that waits no longer than a round trip',
    { opener: 'us', live: [[16, 150, untouched]], waitsFor: 100 },
  ],
  [
    'healthy',
    'credit came back in this very turn',
    { opener: 'us', raised: 1, live: [[16, 5_000, untouched]], waitsFor: 4_000 },
  ],
  [
    'refill-pending',
    'a short wait while the credit of streams that are over is under way',
    { opener: 'us', over: 16, overFor: 20, waitsFor: 50 },
  ],
  [
    'refill-pending',
    'everything was let go just now after a long wait',
    { opener: 'us', over: 16, overFor: 20, lifetime: 6_000, waitsFor: 5_000 },
  ],
  [
    'refill-pending',
    'streams closed just now after a long wait',
    { opener: 'us', live: [[16, 6_000, closedNow]], waitsFor: 5_000 },
  ],
  ['credit-withheld', 'everything is over and nothing came back', { opener: 'us', over: 16, waitsFor: 1_000 }],
  [
    'credit-withheld',
    'what is over is more than the largest step that a stack keeps back',
    { opener: 'us', over: 9, live: [[7, 5_000, untouched]], waitsFor: 1_000 },
  ],
  [
    'credit-withheld',
    'what is over is less than that, but the peer is known to give each stream back',
    {
      opener: 'us',
      over: 8,
      live: [
        [4, 5_000, untouched],
        [4, 5_000, finished],
      ],
      waitsFor: 1_000,
      refill: { kind: 'each' },
    },
  ],
  [
    'limit-too-small',
    'a stream is over and not given back by a peer that gives each, while all others are at work',
    { opener: 'us', over: 1, live: [[15, 5_000, untouched]], waitsFor: 1_000, refill: { kind: 'each' } },
  ],
  [
    'half-open',
    'what is over is what the peer is known to save up, and the others have one half left',
    {
      opener: 'us',
      over: 8,
      live: [[8, 5_000, finished]],
      waitsFor: 1_000,
      refill: { kind: 'step', fraction: 1 / 2 },
    },
  ],
  [
    'limit-too-small',
    'what is over is no more than that step, and the rest is at work',
    { opener: 'us', over: 8, live: [[8, 5_000, untouched]], waitsFor: 1_000 },
  ],
  [
    'limit-too-small',
    'all streams are in use at once',
    { opener: 'us', live: [[16, 5_000, untouched]], waitsFor: 1_000 },
  ],
  [
    'limit-too-small',
    'opens are served, but always some wait',
    { opener: 'us', over: 100, overFor: 50, raised: 100, live: [[16, 60, untouched]], waitsFor: 3_000, servedAgo: 60 },
  ],
  [
    'limit-too-small',
    'opens are served, and streams take as long as any to be let go once they are closed, as large bodies do on a slow path',
    {
      opener: 'us',
      over: 100,
      overFor: 50,
      lifetime: 2_000,
      raised: 100,
      live: [[16, 1_900, closed]],
      waitsFor: 3_000,
      servedAgo: 60,
    },
  ],
  [
    'healthy',
    'an open is served after a stall, while most streams have been closed for longer than any live',
    {
      opener: 'us',
      over: 100,
      raised: 100,
      live: [
        [12, 3_600, closed],
        [4, 10, closedNow],
      ],
      waitsFor: 3_600,
      servedAgo: 0,
    },
  ],
  [
    'refill-pending',
    'opens are served, but always some wait, and no stream is in use: all wait for credit that is on its way back',
    { opener: 'us', over: 48, overFor: 140, raised: 32, waitsFor: 3_000, servedAgo: 150 },
  ],
  [
    'refill-pending',
    'everything is over for a moment longer than credit is under way, for a stack may take its time',
    { opener: 'us', over: 16, overFor: 350, waitsFor: 340 },
  ],
  [
    'healthy',
    'opens were served when others began to wait, which does not tell yet whether they flow or have stopped',
    { opener: 'us', over: 100, overFor: 150, raised: 100, live: [[16, 150, untouched]], waitsFor: 250, servedAgo: 150 },
  ],
  [
    'half-open',
    'an open from the reserve a moment ago, while the others wait for streams with one half left',
    {
      opener: 'us',
      live: [
        [12, 5_000, finished],
        [1, 10, untouched],
      ],
      waitsFor: 1_000,
      reserve: 4,
    },
  ],
  [
    'credit-withheld',
    'nothing came back but an open from the reserve a moment ago was served',
    { opener: 'us', over: 12, live: [[1, 10, untouched]], waitsFor: 1_000, reserve: 4 },
  ],
  [
    'not-accepted',
    'whoever takes a stream has to say something on it, and nobody has',
    { opener: 'us', live: [[16, 5_000, unanswered]], waitsFor: 1_000 },
  ],
  [
    'healthy',
    'nobody has said anything yet, and may only be late',
    { opener: 'us', live: [[16, 5_000, unanswered]], waitsFor: 600 },
  ],
  [
    'limit-too-small',
    'some wait to be taken, some for the end of an answer, and on some it comes',
    {
      opener: 'us',
      live: [
        [5, 5_000, unanswered],
        [6, 5_000, finished],
        [5, 5_000, answered],
      ],
      waitsFor: 1_000,
    },
  ],
  [
    'limit-too-small',
    'more wait for the end of an answer than get some of it just now',
    {
      opener: 'us',
      live: [
        [9, 5_000, finished],
        [7, 5_000, answered],
      ],
      waitsFor: 1_000,
    },
  ],
  [
    'half-open',
    'most have one half left, whatever comes on the others',
    {
      opener: 'us',
      live: [
        [13, 5_000, finished],
        [3, 5_000, answered],
      ],
      waitsFor: 1_000,
    },
  ],
  [
    'limit-too-small',
    'whoever takes a stream has to say something on it, and has',
    {
      opener: 'us',
      live: [
        [
          16,
          5_000,
          (record) => {
            unanswered(record)
            record.read(1, record.openedAt)
          },
        ],
      ],
      waitsFor: 1_000,
    },
  ],
  ['limit-too-small', 'HTTP/3 itself takes all there is', { opener: 'us', window: 0, waitsFor: 1_000 }],
  [
    'limit-too-small',
    'requests are finished, and bytes of their answers have just come',
    { opener: 'us', live: [[16, 5_000, answered]], waitsFor: 1_000 },
  ],
  [
    'limit-too-small',
    'requests were finished just now',
    { opener: 'us', live: [[16, 5_000, finishedNow]], waitsFor: 1_000 },
  ],
  [
    'half-open',
    'finished here and not ended by the peer',
    {
      opener: 'us',
      live: [
        [15, 5_000, finished],
        [1, 5_000, untouched],
      ],
      waitsFor: 1_000,
    },
  ],
  [
    'not-released',
    'closed here long ago and still alive',
    {
      opener: 'us',
      live: [
        [15, 5_000, closed],
        [1, 5_000, untouched],
      ],
      waitsFor: 1_000,
    },
  ],
  [
    'not-released',
    'the same without a known window',
    { opener: 'us', window: null, live: [[16, 5_000, closed]], waitsFor: 1_000 },
  ],
  [
    'half-open',
    'ended by the peer and not finished here',
    { opener: 'us', live: [[16, 5_000, endRead]], waitsFor: 1_000 },
  ],
  // Theirs
  ['healthy', 'streams that nobody accepted while credit is left', { opener: 'them', live: [[15, 5_000, untouched]] }],
  ['healthy', 'the last credit was used a moment ago', { opener: 'them', live: [[16, 100, untouched]] }],
  [
    'healthy',
    'a stream was let go a moment ago',
    { opener: 'them', over: 1, overFor: 100, live: [[15, 5_000, untouched]] },
  ],
  [
    'not-accepted',
    'streams that nobody accepted used up the credit',
    { opener: 'them', live: [[16, 5_000, untouched]] },
  ],
  [
    'not-accepted',
    'more of them than of any other kind',
    {
      opener: 'them',
      live: [
        [9, 5_000, untouched],
        [7, 5_000, ourHalfLeft],
      ],
    },
  ],
  ['not-accepted', 'unidirectional ones too', { opener: 'them', kind: 'uni', live: [[16, 5_000, untouched]] }],
  [
    'healthy',
    'a limit filled by streams at work and no word that more are wanted',
    { opener: 'them', live: [[16, 5_000, accepted]] },
  ],
  [
    'limit-too-small',
    'a limit filled by streams at work and a peer that is blocked',
    { opener: 'them', live: [[16, 5_000, accepted]], blockedFrames: 1 },
  ],
  [
    'healthy',
    'answers that take their time and no word that more are wanted',
    { opener: 'them', live: [[16, 5_000, ourHalfLeft]] },
  ],
  [
    'half-open',
    'half-finished streams and a peer that is blocked',
    { opener: 'them', live: [[16, 5_000, ourHalfLeft]], blockedFrames: 1 },
  ],
  ['not-released', 'closed here and kept by the peer', { opener: 'them', live: [[16, 5_000, closed]] }],
  ['healthy', 'closed here just now', { opener: 'them', live: [[16, 5_000, closedNow]], blockedFrames: 1 }],
]

describe('judgeAccount', () => {
  for (const [code, name, scene] of table) {
    it(`${scene.opener}: ${name} is ${code}`, () => {
      const found = verdict(scene)
      assert.equal(found.code, code)
      assert.equal(found.harmless, code === 'healthy' || code === 'refill-pending')
    })
  }

  it('counts what is withheld of a window that grew, once less is left than it was at the start', () => {
    const scene: Scene = { opener: 'us', largestWindow: 64, raised: 48, waitsFor: 1_000, refill: { kind: 'each' } }
    const withheld = verdict({ ...scene, over: 52, live: [[12, 5_000, untouched]] })
    assert.deepEqual([withheld.code, accountProof(withheld)?.unreturned], ['credit-withheld', 52])
  })

  it('takes no window that shrank again for credit that is withheld', () => {
    const scene: Scene = { opener: 'us', largestWindow: 64, raised: 48, waitsFor: 1_000 }
    assert.equal(verdict({ ...scene, over: 48, live: [[16, 5_000, untouched]] }).code, 'limit-too-small')
    const step: RefillPolicy = { kind: 'step', fraction: 1 / 8 }
    const batched = verdict({ ...scene, refill: step, over: 50, live: [[14, 5_000, untouched]] })
    assert.equal(batched.code, 'limit-too-small')
  })
})
