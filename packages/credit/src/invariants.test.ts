import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CreditAccount } from './account.ts'
import { type AccountEvidence, judgeAccount } from './account-verdict.ts'
import { StreamLedger } from './ledger.ts'
import type { StreamRecord } from './live-stream.ts'
import type { Opener, StreamKind } from './types.ts'
import { accountProof, judge } from './verdict.ts'

/** Streams that may be open at once, before anything was raised. */
const INITIAL_LIMIT = 4

/** What can happen to the streams of an account; `stream` counts among those that were ever opened. */
type Event =
  | { readonly type: 'open' | 'raise' | 'wait' | 'unwait' }
  | {
      readonly type: 'accept' | 'finish' | 'acknowledge' | 'reset' | 'ended' | 'stopped' | 'retire'
      readonly stream: number
    }

const events: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('open', 'raise', 'wait', 'unwait') }) },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constantFrom('accept', 'finish', 'acknowledge', 'reset', 'ended', 'stopped', 'retire'),
        stream: fc.nat(40),
      }),
    },
  ),
  { maxLength: 200, size: 'max' },
)

/** An account with its streams, driven by events in any order; as an engine does, it opens only what the limit allows. */
class Scene {
  readonly account: CreditAccount
  readonly ledger: StreamLedger
  readonly all: StreamRecord[] = []
  readonly gone = new Set<number>()
  waiting = 0
  now = 0

  constructor(kind: StreamKind, opener: Opener) {
    this.account = new CreditAccount({ layer: 'quic', kind, opener }, INITIAL_LIMIT)
    this.ledger = new StreamLedger(this.account)
  }

  happen(event: Event): void {
    this.now += 100
    if ('stream' in event) {
      const record = this.all[event.stream % Math.max(1, this.all.length)]
      if (record !== undefined) this.#to(record, event.type)
      return
    }
    switch (event.type) {
      case 'open':
        if (this.account.available !== 0) this.all.push(this.ledger.open(this.all.length * 4, this.now))
        return
      case 'raise':
        this.account.raise((this.account.snapshot().limit ?? 0) + 1)
        return
      case 'wait':
        this.waiting += 1
        this.account.wait(this.now)
        return
      case 'unwait':
        if (this.waiting === 0) return
        this.waiting -= 1
        this.account.unwait()
        return
    }
  }

  #to(
    record: StreamRecord,
    type: Exclude<Event, { readonly type: 'open' | 'raise' | 'wait' | 'unwait' }>['type'],
  ): void {
    switch (type) {
      case 'accept':
        if (record.acceptedAt === null && !this.gone.has(record.id)) record.accept(this.now)
        return
      case 'retire':
        this.ledger.retire(record, this.now)
        this.gone.add(record.id)
        return
      case 'finish':
        record.finish(this.now)
        return
      case 'acknowledge':
        record.acknowledge()
        return
      case 'reset':
        record.reset(this.now)
        return
      case 'ended':
      case 'stopped':
        record.endReceive(type, this.now)
        return
    }
  }
}

const accounts = fc.record({
  kind: fc.constantFrom<StreamKind>('bidi', 'uni'),
  opener: fc.constantFrom<Opener>('us', 'them'),
})

describe('over any sequence of events', () => {
  it('opened = live + retired, nothing is below zero, and a stream that is retired does not return', () => {
    fc.assert(
      fc.property(accounts, events, ({ kind, opener }, sequence) => {
        const scene = new Scene(kind, opener)
        for (const event of sequence) {
          scene.happen(event)
          const { opened, accepted, live, retired, available, waiting, blockedSince } = scene.account.snapshot()
          assert.equal(opened, live + retired)
          assert.deepEqual([opened, retired], [scene.all.length, scene.gone.size])
          assert.ok(available !== null && available >= 0)
          assert.ok(live >= 0 && accepted <= opened && scene.ledger.peak >= live)
          assert.equal(waiting, scene.waiting)
          assert.equal(blockedSince === null, waiting === 0)
          const ids = [...scene.ledger].map(({ id }) => id)
          assert.equal(ids.length, live)
          assert.ok(ids.every((id) => !scene.gone.has(id)))
        }
      }),
    )
  })

  it('a half that is over stays over, and a stream is closed when it has no open half left', () => {
    fc.assert(
      fc.property(accounts, events, ({ kind, opener }, sequence) => {
        const scene = new Scene(kind, opener)
        const over = new Map<number, { send: boolean; receive: boolean; closedAt: number | null }>()
        for (const event of sequence) {
          scene.happen(event)
          for (const { id, send, receive, closedAt } of scene.all) {
            const before = over.get(id)
            assert.ok(before?.send !== true || send !== 'open')
            assert.ok(before?.receive !== true || receive !== 'open')
            if (before?.closedAt != null) assert.equal(closedAt, before.closedAt)
            assert.equal(closedAt !== null, send !== 'open' && receive !== 'open')
            over.set(id, { send: send !== 'open', receive: receive !== 'open', closedAt })
          }
        }
      }),
    )
  })

  it('a verdict is given only where no credit is left, counts each live stream once, and changes nothing', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(accounts, events, fc.boolean(), fc.nat(5_000), ({ kind, opener }, sequence, exhaust, later) => {
        const scene = new Scene(kind, opener)
        for (const event of sequence) scene.happen(event)
        while (exhaust && scene.account.available !== 0) scene.happen({ type: 'open' })
        if (exhaust) scene.happen({ type: 'wait' })
        const evidence = evidenceOf(scene)
        const now = scene.now + later
        const found = judgeAccount(evidence, now, 200)
        assert.deepEqual(scene.account.snapshot(), evidence.account)
        if (evidence.account.available !== 0) assert.equal(found, undefined)
        if (found === undefined) return
        seen.add(found.code)
        const { holders, blockedFor, unreturned } = found.proof
        assert.equal(
          Object.values(holders).reduce((sum: number, count: number) => sum + count, 0),
          evidence.account.live,
        )
        assert.ok(blockedFor >= 0 && (unreturned ?? 0) >= 0)
        assert.equal(found.harmless, found.code === 'refill-pending')
        const verdict = judge({
          now,
          patience: 200,
          lossTime: 0,
          eventLoopLag: 0,
          over: false,
          accounts: [evidence],
        })
        assert.deepEqual([verdict.code, accountProof(verdict)], [found.code, found.proof])
      }),
      { numRuns: 5_000 },
    )
    assert.ok(seen.size >= 4, `only ${[...seen]} were ever found`)
  })
})

function evidenceOf({ account, ledger }: Scene): AccountEvidence {
  return {
    account: account.snapshot(),
    window: INITIAL_LIMIT,
    largestWindow: INITIAL_LIMIT,
    streams: ledger,
    peak: ledger.peak,
    lastOpenedAt: ledger.lastOpenedAt,
    lastServedAt: ledger.account.lastServedAt,
    lastRetiredAt: ledger.lastRetiredAt,
    lifetime: ledger.lifetime,
    refill: { kind: 'unknown' },
    blockedFrames: 1,
    reserve: 0,
    other: null,
  }
}
