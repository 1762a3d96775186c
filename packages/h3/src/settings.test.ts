import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { H3ConnectionError } from './errors.ts'
import { decodeSettings, encodeSettings, encodeSettingsFrame, greaseId, SettingId } from './settings.ts'
import { hex, mutated, throwsH3, unhex } from './testing/support.ts'

test('reads back what was written', () => {
  const id = fc.nat().filter((id) => id > 0x33)
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(id, fc.nat({ max: 1 })), { selector: ([id]) => id, maxLength: 20 }),
      (entries) => {
        assert.deepEqual([...decodeSettings(encodeSettings(entries))], entries)
      },
    ),
  )
})

test('frames settings as the first thing of a control stream', () => {
  assert.equal(
    hex(
      encodeSettingsFrame([
        [SettingId.ENABLE_WEBTRANSPORT, 1],
        [SettingId.H3_DATAGRAM, 1],
      ]),
    ),
    '0407ab603742013301',
  )
})

test('reads what webtransport-go says: 2^62 - 1 sessions', () => {
  const settings = decodeSettings(encodeSettings([[SettingId.WT_MAX_SESSIONS, (1n << 62n) - 1n]]))
  assert.ok((settings.get(SettingId.WT_MAX_SESSIONS) ?? 0) > Number.MAX_SAFE_INTEGER)
})

const REFUSED: readonly (readonly [what: string, payload: string, code: 'H3_SETTINGS_ERROR' | 'H3_FRAME_ERROR'])[] = [
  ['an identifier twice', '33013301', 'H3_SETTINGS_ERROR'],
  ['an identifier twice with different values', '06013301 0602', 'H3_SETTINGS_ERROR'],
  ['setting 0x00 of HTTP/2', '0001', 'H3_SETTINGS_ERROR'],
  ['setting 0x02 of HTTP/2', '0200', 'H3_SETTINGS_ERROR'],
  ['setting 0x03 of HTTP/2', '0300', 'H3_SETTINGS_ERROR'],
  ['setting 0x04 of HTTP/2', '0400', 'H3_SETTINGS_ERROR'],
  ['setting 0x05 of HTTP/2', '0500', 'H3_SETTINGS_ERROR'],
  ['ENABLE_CONNECT_PROTOCOL = 2', '0802', 'H3_SETTINGS_ERROR'],
  ['H3_DATAGRAM = 2', '3302', 'H3_SETTINGS_ERROR'],
  ['ENABLE_WEBTRANSPORT = 2', 'ab60374202', 'H3_SETTINGS_ERROR'],
  ['WT_ENABLED = 2', 'ac7cf00002', 'H3_SETTINGS_ERROR'],
  ['an identifier without a value', '33', 'H3_FRAME_ERROR'],
  ['half an identifier', 'ab60', 'H3_FRAME_ERROR'],
  ['half a value', '0180', 'H3_FRAME_ERROR'],
]

for (const [what, payload, code] of REFUSED) {
  test(`answers ${what} with ${code}`, () => {
    throwsH3('connection', code, () => decodeSettings(unhex(payload)))
  })
}

test('takes two huge reserved identifiers for different ones', () => {
  assert.doesNotThrow(() => decodeSettings(unhex('ffffffffffffffff00 fffffffffffffffe00')))
})

test('makes reserved identifiers of the form 0x1f * n + 0x21', () => {
  assert.deepEqual([greaseId(0), greaseId(2)], [0x21, 0x5f])
})

test('throws nothing but typed errors', () => {
  fc.assert(
    fc.property(mutated([unhex('ab60374201'), unhex('0801'), unhex('c0000000c671706a01')]), (payload) => {
      try {
        decodeSettings(payload)
      } catch (error) {
        assert.ok(error instanceof H3ConnectionError)
      }
    }),
  )
})
