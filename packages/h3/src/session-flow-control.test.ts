import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DIALECTS, type Dialect } from './dialects.ts'
import {
  type FlowControlDeclaration,
  MAX_SESSION_STREAMS,
  negotiateFlowControl,
  sessionLimitSettings,
} from './session-flow-control.ts'
import { SettingId } from './settings.ts'

const none = new Map<number, number>()
const limits = new Map(sessionLimitSettings({ bidi: 10, uni: 20, data: 3000 }))
const sessions = new Map([[SettingId.WT_MAX_SESSIONS, 2]])
const oneSession = new Map([[SettingId.WT_MAX_SESSIONS, 1]])
const only = (id: number) => new Map([[id, 1]])
const zero = new Map(sessionLimitSettings({ bidi: 0, uni: 0, data: 0 }))

function declaredIn(name: Dialect['name']): FlowControlDeclaration {
  const found = DIALECTS.find((row) => row.name === name)
  assert.ok(found)
  return found.flowControl
}

const CASES: readonly [
  why: string,
  Dialect['name'],
  ours: Map<number, number>,
  theirs: Map<number, number>,
  boolean,
][] = [
  ['neither end declares it', 'draft-16', none, none, false],
  ['only we do', 'draft-16', limits, none, false],
  ['only they do', 'draft-16', none, limits, false],
  ['both do', 'draft-16', limits, limits, true],
  ['a limit of zero declares nothing', 'draft-16', limits, zero, false],
  ['one of the limits is enough: bidi', 'draft-16', limits, only(SettingId.WT_INITIAL_MAX_STREAMS_BIDI), true],
  ['one of the limits is enough: uni', 'draft-16', limits, only(SettingId.WT_INITIAL_MAX_STREAMS_UNI), true],
  ['one of the limits is enough: data', 'draft-16', only(SettingId.WT_INITIAL_MAX_DATA), limits, true],
  ['a number of sessions declares nothing since draft-15', 'draft-16', limits, sessions, false],
  ['a number of sessions declares it in draft-14', 'draft-14', limits, sessions, true],
  ['one session does not', 'draft-14', limits, oneSession, false],
  ['limits mean the same to a peer that speaks an older draft otherwise', 'draft-07', limits, limits, true],
  ['a number of sessions means nothing there', 'draft-07', limits, sessions, false],
]

for (const [why, name, ours, theirs, on] of CASES) {
  test(`session flow control is ${on ? 'on' : 'off'}: ${why}`, () => {
    assert.equal(negotiateFlowControl(declaredIn(name), ours, theirs) !== undefined, on)
  })
}

test('limits are those of the settings; one that is left out is zero, and none of streams is above 2^60', () => {
  const theirs = new Map([[SettingId.WT_INITIAL_MAX_STREAMS_UNI, 2 ** 61]])
  assert.deepEqual(negotiateFlowControl(declaredIn('draft-16'), limits, theirs), {
    ours: { bidi: 10, uni: 20, data: 3000 },
    theirs: { bidi: 0, uni: MAX_SESSION_STREAMS, data: 0 },
  })
})
