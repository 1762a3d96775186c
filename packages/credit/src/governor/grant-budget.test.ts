import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GrantBudget, type GrantPolicy } from './grant-budget.ts'
import type { GrantWindow } from './grant-window.ts'

const POLICY: GrantPolicy = {
  budget: 1_000,
  idleTime: 10_000,
  refillPerSecond: Number.POSITIVE_INFINITY,
  wastedPerSecond: 100,
  wastedPerSecondOfAll: 1_000,
}

/** A peer with the credit that it was granted, on a budget with others. */
class Owner {
  readonly window: GrantWindow
  readonly #world: World
  limit: number
  opened = 0
  retired = 0
  #wasted = 0
  #blocked = false

  constructor(world: World, floor: number, ceiling: number) {
    this.#world = world
    this.limit = floor
    this.window = world.budget.join({ floor, ceiling }, world.now)
  }

  get live(): number {
    return this.opened - this.retired
  }

  /** Opens so many, or all that it may; STREAMS_BLOCKED when that is less. */
  open(count = Number.POSITIVE_INFINITY): void {
    const allowed = Math.min(count, this.limit - this.opened)
    this.opened += allowed
    this.#blocked ||= allowed < count
    this.#world.touched.add(this)
  }

  retire(count: number, wasted = 0): void {
    this.retired += Math.min(count, this.live)
    this.#wasted += wasted
    this.#world.touched.add(this)
  }

  news() {
    const { limit, opened, retired } = this
    const told = { counts: { limit, opened, retired }, blocked: this.#blocked, wasted: this.#wasted }
    this.#blocked = false
    this.#wasted = 0
    return [this.window, told] as const
  }
}

class World {
  now = 0
  readonly budget: GrantBudget
  readonly owners = new Map<GrantWindow, Owner>()
  readonly touched = new Set<Owner>()
  grants = 0

  constructor(policy: Partial<GrantPolicy> = {}) {
    this.budget = new GrantBudget({ ...POLICY, ...policy }, 0)
  }

  join(floor = 10, ceiling = 10_000): Owner {
    const owner = new Owner(this, floor, ceiling)
    this.owners.set(owner.window, owner)
    return owner
  }

  /** One turn: what happened is settled, and the grants arrive. */
  turn(): void {
    const news = [...this.touched].map((owner) => owner.news())
    this.touched.clear()
    for (const { window, count } of this.budget.settle(news, this.now)) {
      const owner = this.owners.get(window)
      assert.ok(owner !== undefined && count > 0)
      owner.limit += count
      this.grants += 1
    }
  }

  pass(time: number): void {
    this.now += time
    this.turn()
  }
}

test('a peer that uses up its window gets twice as much at once, until it has what it needs', () => {
  const world = new World()
  const owner = world.join(10, 100)
  for (const limit of [20, 40, 80, 100]) {
    owner.open()
    world.turn()
    assert.equal(owner.limit, limit)
  }
  owner.open()
  world.turn()
  assert.equal(owner.limit, 100, 'never more than the ceiling')
})

test('a peer that says STREAMS_BLOCKED grows although some of what it opened has not arrived', () => {
  const world = new World()
  const owner = world.join(100, 1_000)
  world.budget.settle([[owner.window, { counts: { limit: 100, opened: 3, retired: 0 }, blocked: true, wasted: 0 }]], 0)
  assert.equal(owner.window.size, 200)
  assert.equal(owner.window.outstanding, 200)
})

test('a peer with few streams at a time keeps its floor, replaced by steps', () => {
  const world = new World()
  const owner = world.join(64, 256)
  for (let round = 0; round < 1_000; round += 1) {
    owner.open(1)
    owner.retire(1)
    world.turn()
  }
  assert.equal(owner.window.size, 64)
  assert.equal(owner.opened, 1_000)
  assert.ok(world.grants <= 1_000 / 8)
})

test('the window of an idle peer shrinks to its floor, by not replacing what is retired', () => {
  const world = new World()
  const owner = world.join(10, 160)
  for (let round = 0; round < 5; round += 1) {
    owner.open()
    world.turn()
  }
  assert.equal(owner.window.outstanding, 160)
  owner.retire(160)
  world.turn()
  assert.equal(owner.window.size, 160)
  world.now += 4 * POLICY.idleTime
  for (let round = 0; round < 200; round += 1) {
    owner.open(1)
    owner.retire(1)
    world.turn()
  }
  assert.equal(owner.window.size, 10)
  assert.ok(owner.window.outstanding <= 10)
})

/** Joins and opens whatever it may, turn by turn. */
function greedyIn(world: World) {
  const greedy = world.join(10, 1_000)
  for (let round = 0; round < 10; round += 1) {
    greedy.open()
    world.turn()
  }
  return greedy
}

test('with the budget used up everybody has a floor, and what one gives back another gets', () => {
  const world = new World({ budget: 100 })
  const greedy = greedyIn(world)
  assert.equal(greedy.limit, 110)
  assert.equal(world.budget.free, 0)
  const others = Array.from({ length: 5 }, () => world.join(10, 1_000))
  for (const other of others) {
    other.open(12)
    assert.equal(other.live, 10)
  }
  world.turn()
  assert.deepEqual(
    others.map(({ limit }) => limit),
    [10, 10, 10, 10, 10],
  )
  greedy.retire(20)
  world.turn()
  assert.equal(
    others.reduce((sum, { limit }) => sum + limit, 0),
    50 + 20,
  )
  assert.equal(greedy.limit, 110, 'over its share, it comes last')
})

test('while others wait, whoever gave back what it had is left its floor unused, besides what is alive', () => {
  const world = new World({ budget: 100 })
  const greedy = greedyIn(world)
  const waiting = Array.from({ length: 12 }, () => world.join(10, 1_000))
  for (const other of waiting) other.open()
  world.turn()
  greedy.retire(greedy.live - 1)
  world.turn()
  assert.deepEqual([greedy.live, greedy.window.available, world.budget.used], [1, 10, 100])
})

test('the end of a connection makes free what it had', () => {
  const world = new World({ budget: 100 })
  const first = world.join(10, 1_000)
  for (let round = 0; round < 10; round += 1) {
    first.open()
    world.turn()
  }
  const second = world.join(10, 1_000)
  second.open()
  world.turn()
  assert.equal(second.limit, 10)
  world.budget.leave(first.window)
  world.owners.delete(first.window)
  world.turn()
  assert.equal(second.limit, 20)
  assert.equal(world.budget.used, 10)
})

test('what is retired without work comes back at the given rate, and the rest of the window lives on', () => {
  const world = new World({ wastedPerSecond: 100 })
  const owner = world.join(100, 100)
  let wasted = 0
  while (world.now < 10_000) {
    const before = owner.opened
    owner.open()
    const count = owner.opened - before
    owner.retire(count, count)
    wasted += count
    world.turn()
    if (owner.limit > owner.opened) continue
    assert.ok(world.budget.nextAt > world.now && world.budget.nextAt < world.now + 1_000, 'asks to be called again')
    world.pass(world.budget.nextAt - world.now)
  }
  // Window and savings at the start, then the rate.
  assert.ok(wasted <= 100 + 100 + 10 * 100 + 20, `${wasted}`)
  assert.ok(wasted >= 10 * 100, `${wasted}`)
})

test('the rate of streams without work is bounded over all connections too', () => {
  const world = new World({ wastedPerSecond: 1_000, wastedPerSecondOfAll: 2_000, budget: 0 })
  const owners = Array.from({ length: 20 }, () => world.join(10, 10))
  let wasted = 0
  while (world.now < 5_000) {
    for (const owner of owners) {
      const before = owner.opened
      owner.open()
      const count = owner.opened - before
      owner.retire(count, count)
      wasted += count
    }
    world.pass(10)
  }
  assert.ok(wasted <= 200 + 2_000 + 5 * 2_000 + 200, `${wasted}`)
  for (const owner of owners) assert.ok(owner.opened > 100, 'nobody starves')
})

test('those that waste nothing are served at once while others are held', () => {
  const world = new World({ wastedPerSecond: 1, wastedPerSecondOfAll: 4 })
  const flood = world.join(10, 10)
  for (let round = 0; round < 20; round += 1) {
    flood.open()
    flood.retire(flood.live, flood.live)
    world.turn()
  }
  assert.ok(flood.window.kept > 0)
  const honest = world.join(10, 10)
  for (let round = 0; round < 50; round += 1) {
    honest.open()
    assert.equal(honest.live, 10)
    honest.retire(10)
    world.turn()
  }
})

test('a busy peer grows although its streams end as fast as they come', () => {
  const world = new World()
  const owner = world.join(10, 40)
  for (const limit of [20, 40]) {
    owner.open()
    owner.retire(owner.live)
    world.turn()
    assert.equal(owner.limit - owner.retired, limit)
  }
})

test('a settable rate bounds what honest streams get too', () => {
  const world = new World({ refillPerSecond: 50 })
  const owner = world.join(10, 100)
  while (world.now < 10_000) {
    owner.open()
    owner.retire(owner.live)
    world.pass(10)
  }
  assert.ok(owner.opened <= 100 + 100 + 10 * 50 + 10, `${owner.opened}`)
  assert.ok(owner.opened >= 10 * 50, `${owner.opened}`)
})

const steps = fc.array(
  fc.record({
    who: fc.nat(11),
    what: fc.constantFrom('open', 'open all', 'retire', 'retire all', 'waste', 'join', 'leave', 'turn', 'wait'),
    count: fc.integer({ min: 1, max: 60 }),
  }),
  { maxLength: 300 },
)

test('whatever happens: never more than budget and floors is out, floors are served, counts agree', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), steps, (budget, script) => {
      const world = new World({ budget })
      const owners: Owner[] = [world.join(8, 64), world.join(4, 100)]
      for (const { who, what, count } of script) {
        const owner = owners[who % Math.max(1, owners.length)]
        if (what === 'join') owners.push(world.join(1 + (count % 16), 4 * count))
        else if (what === 'turn') world.turn()
        else if (what === 'wait') world.pass(count * 100)
        else if (owner === undefined) continue
        else if (what === 'open') owner.open(count)
        else if (what === 'open all') owner.open()
        else if (what === 'retire') owner.retire(count)
        else if (what === 'retire all') owner.retire(owner.live)
        else if (what === 'waste') owner.retire(count, Math.min(count, owner.live))
        else {
          world.turn()
          world.budget.leave(owner.window)
          world.owners.delete(owner.window)
          owners.splice(owners.indexOf(owner), 1)
        }
        if (what === 'turn' || what === 'wait') check(world, budget)
      }
      world.turn()
      check(world, budget)
    }),
    { numRuns: 300 },
  )
})

test('nobody starves: whoever is blocked gets its floor, and more in turn as others give back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2, max: 12 }), (budget, count) => {
      const world = new World({ budget })
      const owners = Array.from({ length: count }, () => world.join(4, 1_000))
      const served = new Set<Owner>()
      for (let round = 0; round < 40 * count; round += 1) {
        for (const owner of owners) {
          if (owner.limit - owner.opened > 0) served.add(owner)
          owner.open()
          owner.retire(Math.ceil(owner.live / 2))
        }
        world.turn()
        check(world, budget)
      }
      assert.equal(served.size, count)
      const most = Math.max(...owners.map(({ opened }) => opened))
      const least = Math.min(...owners.map(({ opened }) => opened))
      assert.ok(least * 4 >= most, `${least} and ${most}`)
    }),
    { numRuns: 60 },
  )
})

function check(world: World, budget: number): void {
  let extra = 0
  for (const [window, owner] of world.owners) {
    assert.equal(window.outstanding, owner.limit - owner.retired)
    assert.ok(owner.limit - owner.retired <= window.ceiling)
    extra += window.extra
  }
  assert.ok(extra <= budget, `${extra} beyond the floors of a budget of ${budget}`)
  assert.equal(extra, world.budget.used)
}
