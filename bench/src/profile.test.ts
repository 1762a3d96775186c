import assert from 'node:assert/strict'
import test from 'node:test'
import { selfTimes } from './profile.ts'

const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber })

test('sums the self time of a function over all places that call it, and leaves idling out', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('work', 'node:work', 9) },
      { id: 3, callFrame: frame('work', 'node:work', 9) },
      { id: 4, callFrame: frame('', 'node:work', 19) },
    ],
    samples: [1, 2, 3, 4, 1],
    timeDeltas: [50_000, 1000, 2000, 1000, 50_000],
  }
  assert.deepEqual(selfTimes(profile), [
    { function: 'work node:work:10', time: 3, share: 0.75 },
    { function: '(anonymous) node:work:20', time: 1, share: 0.25 },
  ])
})
