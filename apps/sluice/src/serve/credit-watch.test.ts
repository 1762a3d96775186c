import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConnectionReport } from './connection-report.ts'
import { watchCredit } from './credit-watch.ts'
import { connectionReport, sessionGone } from './testing.ts'

describe('watchCredit', () => {
  it('tells only of what changed since the last look, and of everything beside it', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let reports: ConnectionReport[] = [connectionReport('a'), connectionReport('b')]
    const told: Array<{ changed: string[]; all: number }> = []
    const { stop } = watchCredit({
      reports: () => reports,
      every: 1000,
      changed: (changed, all) => told.push({ changed: changed.map(({ peer }) => peer), all: all.length }),
    })
    assert.deepEqual(told.splice(0), [{ changed: ['a', 'b'], all: 2 }])

    t.mock.timers.tick(1000)
    assert.deepEqual(told.splice(0), [])

    reports = [connectionReport('a'), connectionReport('b', 1)]
    t.mock.timers.tick(999)
    assert.deepEqual(told.splice(0), [])
    t.mock.timers.tick(1)
    assert.deepEqual(told.splice(0), [{ changed: ['b'], all: 2 }])

    reports = [connectionReport('a')]
    t.mock.timers.tick(1000)
    assert.deepEqual(told.splice(0), [{ changed: [], all: 1 }])

    stop()
    reports = []
    t.mock.timers.tick(5000)
    assert.deepEqual(told, [])
  })

  it('tells of a verdict once, not of each look at it', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let report = connectionReport('a')
    let told = 0
    const changed = (): void => {
      told += 1
    }
    const { stop } = watchCredit({ reports: () => [report], every: 1000, changed })
    report = { ...report, verdict: sessionGone }
    t.mock.timers.tick(1000)
    assert.equal(told, 2)
    report = { ...report, verdict: { ...sessionGone, summary: 'in other words' } }
    t.mock.timers.tick(1000)
    assert.equal(told, 2)
    stop()
  })

  it('looks when it is told to', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let report = connectionReport('a')
    let told = 0
    const changed = (): void => {
      told += 1
    }
    const { look, stop } = watchCredit({ reports: () => [report], every: 1000, changed })
    look()
    assert.equal(told, 1)
    report = { ...report, verdict: sessionGone }
    look()
    assert.equal(told, 2)
    stop()
  })

  it('is silent while there is no connection', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { stop } = watchCredit({ reports: () => [], every: 1000, changed: () => assert.fail('nothing changed') })
    t.mock.timers.tick(3000)
    stop()
  })
})
