import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ConnectionReport } from './connection-report.ts'
import { watchCredit } from './credit-watch.ts'
import { connectionReport } from './testing.ts'

describe('watchCredit', () => {
  it('tells only of what changed since the last look, and of everything beside it', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let reports: ConnectionReport[] = [connectionReport('a'), connectionReport('b')]
    const told: Array<{ changed: string[]; all: number }> = []
    const stop = watchCredit({
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

  it('is silent while there is no connection', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const stop = watchCredit({ reports: () => [], every: 1000, changed: () => assert.fail('nothing changed') })
    t.mock.timers.tick(3000)
    stop()
  })
})
