import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CreditAccount } from './account.ts'
import type { AccountEvidence } from './account-verdict.ts'
import { NoStreamCreditError } from './errors.ts'
import { StreamLedger } from './ledger.ts'
import type { StreamRecord } from './live-stream.ts'
import type { RefillPolicy } from './refill.ts'
import type { Opener, StreamKind } from './types.ts'
import { accountProof, type CreditEvidence, judge, patienceFor, type Verdict, type VerdictCode } from './verdict.ts'

/** What a test says of one account; times in milliseconds before now, which is 10,000. */
interface Scene {
  readonly opener: Opener
  readonly kind?: StreamKind
  readonly window?: number | null
  readonly largestWindow?: number
  /** What the peer, or we, gave back. */
  readonly raised?: number
  /** Streams that came and went before, each 100 ms long unless `lifetime` says otherwise. */
  readonly over?: number
  readonly overFor?: number
  readonly lifetime?: number
  /** Live streams: how many, since when, and what happened to each. */
  readonly live?: readonly (readonly [count: number, age: number, happened?: (record: StreamRecord) => void])[]
  readonly waitsFor?: number
  /** How long ago an open that had waited got its stream. */
  readonly servedAgo?: number
  readonly blockedFrames?: number
  readonly refill?: RefillPolicy
  readonly reserve?: number
}

const NOW = 10_000

const QUIET: CreditEvidence = { now: NOW, patience: 200, eventLoopLag: 0, over: false, accounts: [], data: [] }

function evidence(scene: Scene): AccountEvidence {
  const { opener, kind = 'bidi', window = 16, raised = 0, over = 0, overFor = 5_000, lifetime = 100, live = [] } = scene
  const account = new CreditAccount({ layer: 'quic', kind, opener }, (window ?? 16) + raised)
  const ledger = new StreamLedger(account)
  let id = 0
  for (let index = 0; index < over; index += 1, id += 4) {
    ledger.open(id, NOW - overFor - lifetime)
    ledger.retire(id, NOW - overFor)
  }
  for (const [count, age, happened] of live)
    for (let index = 0; index < count; index += 1, id += 4) happened?.(ledger.open(id, NOW - age))
  if (scene.waitsFor !== undefined) account.wait(NOW - scene.waitsFor)
  if (scene.servedAgo !== undefined) {
    account.wait(NOW - scene.servedAgo)
    account.serve(NOW - scene.servedAgo)
  }
  return {
    account: account.snapshot(),
    window,
    largestWindow: scene.largestWindow ?? null,
    streams: ledger,
    peak: ledger.peak,
    lastOpenedAt: ledger.lastOpenedAt,
    lastServedAt: account.lastServedAt,
    lastRetiredAt: ledger.lastRetiredAt,
    lifetime: ledger.lifetime,
    blockedFrames: scene.blockedFrames ?? 0,
    refill: scene.refill ?? { kind: 'unknown' },
    other: null,
    reserve: scene.reserve ?? 0,
  }
}

function verdict(...scenes: readonly Scene[]): Verdict {
  return judge({ ...QUIET, accounts: scenes.map(evidence) })
}

const untouched = (): void => {}
const accepted = (record: StreamRecord): void => record.accept(record.openedAt)
const endRead = (record: StreamRecord): void => record.endReceive('ended', record.openedAt)
const ourHalfLeft = (record: StreamRecord): void => {
  accepted(record)
  endRead(record)
}
const finished = (record: StreamRecord): void => record.finish(record.openedAt)
const closed = (record: StreamRecord): void => {
  record.finish(record.openedAt)
  record.endReceive('stopped', record.openedAt)
}
const closedNow = (record: StreamRecord): void => {
  record.finish(NOW - 10)
  record.endReceive('ended', NOW - 10)
}

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
  ['limit-too-small', 'HTTP/3 itself takes all there is', { opener: 'us', window: 0, waitsFor: 1_000 }],
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

describe('judge', () => {
  for (const [code, name, scene] of table) {
    it(`${scene.opener}: ${name} is ${code}`, () => {
      const found = verdict(scene)
      assert.equal(found.code, code)
      assert.equal(found.harmless, code === 'healthy' || code === 'refill-pending')
    })
  }

  it('says that the session is over, whatever its streams did', () => {
    const accounts = [evidence({ opener: 'them', live: [[16, 5_000, untouched]] })]
    const { code, proof } = judge({ ...QUIET, over: true, accounts })
    assert.deepEqual([code, proof], ['session-gone', null])
  })

  it('prefers trouble in one account to what is harmless in another', () => {
    const harmless: Scene = { opener: 'us', over: 16, overFor: 20, waitsFor: 50 }
    assert.equal(verdict(harmless, { opener: 'them', live: [[16, 5_000, untouched]] }).code, 'not-accepted')
    assert.equal(verdict({ opener: 'them' }, harmless).code, 'refill-pending')
  })

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
        'here, 14 not ended by the peer or not read to the end',
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

  it('is patient for as long as credit can be under way that is lost twice', () => {
    assert.equal(patienceFor({ rtt: 0, rttVariation: 0 }), 200 + 3 * 26)
    assert.equal(patienceFor({ rtt: 30, rttVariation: 5 }), 200 + 30 + 3 * (30 + 20 + 25))
  })

  it('names a stall within a second on ordinary networks', () => {
    assert.ok(patienceFor({ rtt: 100, rttVariation: 20 }) < 1_000)
  })
})

describe('a late event loop', () => {
  const stalled: Scene = { opener: 'us', live: [[16, 700, finished]], waitsFor: 600 }

  it('is named in place of what only seems wrong because nothing that came was seen', () => {
    const found = judge({ ...QUIET, eventLoopLag: 500, accounts: [evidence(stalled)] })
    assert.equal(found.code, 'late-event-loop')
    assert.equal(found.harmless, false)
    assert.equal(found.code === 'late-event-loop' && found.proof.eventLoopLag, 500)
    assert.match(found.summary, /held up for 500 ms; meanwhile no bidi stream could be opened for 600 ms: 16 of 16/)
  })

  it('excuses nothing that has lasted longer', () => {
    const long: Scene = { ...stalled, live: [[16, 900, finished]], waitsFor: 800 }
    const found = judge({ ...QUIET, eventLoopLag: 300, accounts: [evidence(long)] })
    assert.equal(found.code, 'half-open')
  })

  it('is the reason why streams live too long for a limit', () => {
    const busy: Scene = { opener: 'us', live: [[16, 5_000, untouched]], waitsFor: 4_000 }
    assert.equal(judge({ ...QUIET, eventLoopLag: 300, accounts: [evidence(busy)] }).code, 'late-event-loop')
    assert.equal(judge({ ...QUIET, eventLoopLag: 20, accounts: [evidence(busy)] }).code, 'limit-too-small')
  })

  it('is no trouble to a session where nobody waits', () => {
    assert.equal(judge({ ...QUIET, eventLoopLag: 5_000, accounts: [evidence({ opener: 'us' })] }).code, 'healthy')
  })
})

describe('a limit of the session', () => {
  const ofSession = (scene: Scene): AccountEvidence => {
    const made = evidence(scene)
    return { ...made, account: { ...made.account, layer: 'session' } }
  }

  it('is told from that of QUIC, which has credit left', () => {
    const quic = evidence({ opener: 'us', raised: 100, live: [[16, 5_000, finished]], waitsFor: 1_000 })
    const session = ofSession({ opener: 'us', live: [[16, 5_000, finished]], waitsFor: 1_000 })
    const found = judge({ ...QUIET, accounts: [quic, session] })
    assert.equal(found.code, 'session-limit')
    assert.equal(accountProof(found)?.account.layer, 'session')
    assert.match(
      found.summary,
      /the limit of 16 is the session's \(WT_MAX_STREAMS\), not QUIC's; 0 are in use, 16 have one/,
    )
  })

  const each: readonly (readonly [what: string, happened: (record: StreamRecord) => void, said: RegExp])[] = [
    ['in use', untouched, /16 are in use, 0 have one half left/],
    ['half open', finished, /0 are in use, 16 have one half left/],
    ['closed', closed, /0 are not accepted, 16 are closed here and wait for the peer's last word/],
  ]
  for (const [what, happened, said] of each) {
    it(`says who holds it: streams that are ${what}`, () => {
      const session = ofSession({ opener: 'us', live: [[16, 5_000, happened]], waitsFor: 1_000 })
      assert.match(judge({ ...QUIET, accounts: [session] }).summary, said)
    })
  }

  it('has harmless refills too', () => {
    const session = ofSession({ opener: 'us', over: 16, overFor: 20, waitsFor: 50 })
    assert.equal(judge({ ...QUIET, accounts: [session] }).code, 'refill-pending')
  })
})

describe('a limit that the platform hides', () => {
  const hidden = (scene: Scene): AccountEvidence => {
    const made = evidence({ ...scene, window: null })
    return { ...made, account: { ...made.account, limit: null, available: null } }
  }
  const found = (scene: Scene): Verdict => judge({ ...QUIET, accounts: [hidden(scene)] })

  it('leaves what is known of our own streams', () => {
    assert.equal(found({ opener: 'us', live: [[5, 5_000, finished]], waitsFor: 1_000 }).code, 'half-open')
    assert.equal(found({ opener: 'us', live: [[5, 5_000, untouched]] }).code, 'healthy')
    const busy = found({ opener: 'us', live: [[5, 5_000, untouched]], waitsFor: 1_000 })
    assert.equal(busy.code, 'limit-too-small')
    assert.match(busy.summary, /5 are in use at once against a limit that the platform hides/)
  })

  it('is known to allow as many as were live at once, so that the peer holds the others', () => {
    const account = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, null)
    const ledger = new StreamLedger(account)
    for (let id = 0; id < 100; id += 1) ledger.open(id, 0)
    for (let id = 0; id < 90; id += 1) ledger.retire(id, 1_000)
    account.wait(9_000)
    const withheld = judge({
      ...QUIET,
      accounts: [{ ...hidden({ opener: 'us' }), account: account.snapshot(), streams: ledger, peak: ledger.peak }],
    })
    assert.deepEqual([withheld.code, accountProof(withheld)?.unreturned], ['credit-withheld', 90])
    assert.match(withheld.summary, /100 were live at once before and 10 are now/)
  })

  it('does not hide that a peer gives nothing at all', () => {
    const none = found({ opener: 'us', waitsFor: 1_000 })
    assert.equal(none.code, 'credit-withheld')
    assert.match(none.summary, /nothing is live here, so the peer gives no credit/)
  })
})

describe('NoStreamCreditError', () => {
  it('carries the verdict and says it', () => {
    const scene: Scene = { opener: 'us', over: 16, waitsFor: 1_000 }
    const found = verdict(scene)
    const error = new NoStreamCreditError(evidence(scene).account, 1_000, found)
    assert.equal(error.verdict, found)
    assert.match(error.message, /Verdict credit-withheld: .* has not given back the credit of 16 that are over\.$/)
  })
})
