import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidFieldError } from './errors.ts'
import { type Field, fieldValue } from './fields.ts'
import { decodeFieldSection } from './qpack/decode.ts'
import { encodeConnectRequest, encodeResponse, parseRequest, parseResponse } from './request.ts'
import { RequestStreamDecoder } from './request-stream.ts'
import { CAPTURED } from './testing/captures.ts'
import { throwsH3, unhex } from './testing/support.ts'

/** The fields of the first HEADERS frame of a request stream. */
function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const decoder = new RequestStreamDecoder({ reading: 'response' })
  decoder.push(bytes)
  const event = decoder.next()
  assert.ok(event?.type === 'headers')
  return decodeFieldSection(event.fieldSection)
}

const PATH = '/.well-known/libp2p-webtransport?type=noise'

test('reads the CONNECT of Chromium', () => {
  const fields = fieldsOf(unhex(CAPTURED.chromium.connect))
  const request = parseRequest(fields)
  assert.ok(request.kind === 'webtransport')
  assert.equal(fields.length, 7)
  assert.equal(request.protocol, 'webtransport')
  assert.match(request.authority, /^127\.0\.0\.1:\d+$/)
  assert.match(request.path, /^\//)
  assert.equal(fieldValue(request.headers, 'sec-webtransport-http3-draft02'), '1')
  assert.match(fieldValue(request.headers, 'origin') ?? '', /^http/)
})

test('reads the CONNECT of Firefox', () => {
  const request = parseRequest(fieldsOf(unhex(CAPTURED.firefox.connect)))
  assert.ok(request.kind === 'webtransport')
  assert.equal(fieldValue(request.headers, 'sec-webtransport-http3-draft02'), '1')
  assert.match(fieldValue(request.headers, 'user-agent') ?? '', /Firefox\//)
})

test('reads the response of a Rust server', () => {
  const response = parseResponse(fieldsOf(unhex(CAPTURED.moq.response)))
  assert.deepEqual(response, { status: 200, headers: [['sec-webtransport-http3-draft', 'draft02']] })
})

test('reads back the CONNECT that was written', () => {
  const headers: Field[] = [
    ['sec-webtransport-http3-draft02', '1'],
    ['origin', 'null'],
  ]
  const request = { protocol: 'webtransport-h3' as const, authority: '[::1]:4433', path: PATH, headers }
  assert.deepEqual(parseRequest(fieldsOf(encodeConnectRequest(request))), { kind: 'webtransport', ...request })
})

test('reads back the response that was written', () => {
  for (const status of [200, 204, 400, 403, 404, 405, 429, 503]) {
    assert.deepEqual(parseResponse(fieldsOf(encodeResponse(status))), { status, headers: [] })
  }
})

const METHOD: Field = [':method', 'CONNECT']
const SCHEME: Field = [':scheme', 'https']
const AUTHORITY: Field = [':authority', 'a:1']
const PATH_FIELD: Field = [':path', PATH]
const PROTOCOL: Field = [':protocol', 'webtransport']
const CONNECT = [METHOD, SCHEME, AUTHORITY, PATH_FIELD, PROTOCOL]
const without = (name: string) => CONNECT.filter((field) => field[0] !== name)

test('tells other requests from sessions', () => {
  const get: Field[] = [[':method', 'GET'], SCHEME, AUTHORITY, [':path', '/favicon.ico']]
  const plainConnect = [METHOD, AUTHORITY]
  const websocket = [...without(':protocol'), [':protocol', 'websocket'] as const]
  const byHost: Field[] = [[':method', 'GET'], SCHEME, [':path', '/'], ['host', 'a:1']]
  const options: Field[] = [[':method', 'OPTIONS'], SCHEME, AUTHORITY, [':path', '*']]
  for (const fields of [get, plainConnect, websocket, byHost, options]) assert.equal(parseRequest(fields).kind, 'other')
})

const MALFORMED: readonly (readonly [what: string, fields: readonly Field[]])[] = [
  ['no fields', []],
  ['no :method', without(':method')],
  ['no :scheme', without(':scheme')],
  ['no :authority', without(':authority')],
  ['no :path', without(':path')],
  ['an empty :path', [...without(':path'), [':path', '']]],
  ['an empty :authority', [...without(':authority'), [':authority', '']]],
  ['a :path without a slash', [...without(':path'), [':path', 'a']]],
  ['user information in :authority', [...without(':authority'), [':authority', 'me@a:1']]],
  [':authority and host that differ', [...CONNECT, ['host', 'b:1']]],
  ['WebTransport over http', [...without(':scheme'), [':scheme', 'http']]],
  [':protocol without CONNECT', [...without(':method'), [':method', 'GET']]],
  ['a plain CONNECT with :path', [METHOD, AUTHORITY, PATH_FIELD]],
  ['a plain CONNECT without :authority', [METHOD]],
  [':method twice', [METHOD, ...CONNECT]],
  [':protocol twice', [...CONNECT, [':protocol', 'webtransport-h3']]],
  ['an unknown pseudo-header', [...CONNECT, [':extra', '1']]],
  ['a pseudo-header of responses', [...CONNECT, [':status', '200']]],
  ['a pseudo-header behind a header', [...without(':path'), ['origin', 'null'], PATH_FIELD]],
  ['a name in capitals', [...CONNECT, ['Origin', 'null']]],
  ['an empty name', [...CONNECT, ['', 'x']]],
  ['a name with a space', [...CONNECT, ['a b', 'x']]],
  ['a line break in a value', [...CONNECT, ['origin', 'a\r\nb: c']]],
  ['a NUL in a value', [...CONNECT, ['origin', 'a\0']]],
  ['a line break in a pseudo-header', [...without(':path'), [':path', '/\n']]],
  ['a connection field', [...CONNECT, ['connection', 'close']]],
  ['transfer-encoding', [...CONNECT, ['transfer-encoding', 'chunked']]],
  ['te that is not "trailers"', [...CONNECT, ['te', 'gzip']]],
]

for (const [what, fields] of MALFORMED) {
  test(`answers a request with ${what} with H3_MESSAGE_ERROR`, () => {
    throwsH3('stream', 'H3_MESSAGE_ERROR', () => parseRequest(fields))
  })
}

const MALFORMED_RESPONSES: readonly (readonly Field[])[] = [
  [],
  [[':status', '']],
  [[':status', '20']],
  [[':status', '2000']],
  [[':status', '099']],
  [[':status', '+20']],
  [[':status', '101']],
  [
    [':status', '200'],
    [':status', '200'],
  ],
  [
    ['server', 'x'],
    [':status', '200'],
  ],
  [
    [':status', '200'],
    [':path', '/'],
  ],
]

test('answers a malformed response with H3_MESSAGE_ERROR', () => {
  for (const fields of MALFORMED_RESPONSES) throwsH3('stream', 'H3_MESSAGE_ERROR', () => parseResponse(fields))
})

test('refuses to write what HTTP/3 cannot carry', () => {
  const request = { protocol: 'webtransport' as const, authority: 'a:1', path: '/' }
  for (const headers of [[['Origin', 'x']], [['a', 'b\nc']], [['upgrade', 'x']], [[':path', '/']], [['a', 'ž']]]) {
    assert.throws(() => encodeConnectRequest({ ...request, headers: headers as unknown as Field[] }), InvalidFieldError)
    assert.throws(() => encodeResponse(200, headers as unknown as Field[]), InvalidFieldError)
  }
  assert.throws(() => encodeConnectRequest({ ...request, path: '/a b' }), InvalidFieldError)
  assert.throws(() => encodeConnectRequest({ ...request, authority: '' }), InvalidFieldError)
})

test('throws nothing but typed errors, whatever the fields', () => {
  const name = fc.oneof(fc.constantFrom(...CONNECT.map((field) => field[0]), ':status', 'host', 'te'), fc.string())
  const value = fc.oneof(fc.constantFrom(...CONNECT.map((field) => field[1]), '200'), fc.string())
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (fields) => {
      for (const parse of [parseRequest, parseResponse]) {
        try {
          parse(fields)
        } catch {
          throwsH3('stream', 'H3_MESSAGE_ERROR', () => parse(fields))
        }
      }
    }),
  )
})

test('joins the values of a field that is there twice', () => {
  const headers: Field[] = [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ]
  assert.equal(fieldValue(headers, 'a'), '1, 3')
  assert.equal(fieldValue(headers, 'c'), undefined)
})
