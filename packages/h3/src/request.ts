import { ErrorCode } from './codes.ts'
import type { ProtocolToken } from './dialects.ts'
import { H3StreamError, InvalidFieldError } from './errors.ts'
import { type Field, type Fields, fieldProblem, fieldValue } from './fields.ts'
import { encodeHeaders } from './frames.ts'
import { encodeFieldSection } from './qpack/encode.ts'

/** A request, validated. */
export type HttpRequest =
  | {
      /** The Extended CONNECT of a session (RFC 9220; draft-ietf-webtrans-http3, 3.2). */
      readonly kind: 'webtransport'
      readonly protocol: ProtocolToken
      readonly authority: string
      /** With the query. */
      readonly path: string
      readonly headers: Fields
    }
  | {
      /** Any other; well-formed, to be refused with a status. */
      readonly kind: 'other'
      readonly method: string
      readonly protocol: string | undefined
      readonly authority: string | undefined
      readonly path: string | undefined
      readonly headers: Fields
    }

/** A response, validated. 1xx is interim: another follows. Any 2xx accepts a session. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Fields
}

const REQUEST_PSEUDO_HEADERS = new Set([':method', ':scheme', ':authority', ':path', ':protocol'])
const RESPONSE_PSEUDO_HEADERS = new Set([':status'])
const TOKENS: readonly string[] = ['webtransport', 'webtransport-h3'] satisfies readonly ProtocolToken[]

/**
 * Validates the fields of a request (RFC 9114, 4.2 to 4.4; RFC 9220, 3).
 *
 * @throws H3StreamError H3_MESSAGE_ERROR when it is malformed
 */
export function parseRequest(fields: Fields): HttpRequest {
  const { pseudo, headers } = split(fields, REQUEST_PSEUDO_HEADERS)
  const method = pseudo.get(':method')
  const scheme = pseudo.get(':scheme')
  const authority = pseudo.get(':authority')
  const path = pseudo.get(':path')
  const protocol = pseudo.get(':protocol')
  if (method === undefined || method === '') throw malformed('a request without :method')
  if (protocol !== undefined && method !== 'CONNECT') throw malformed(':protocol without CONNECT')

  if (method === 'CONNECT' && protocol === undefined) {
    // RFC 9114, 4.4: a plain CONNECT names only an authority.
    if (!authority || scheme !== undefined || path !== undefined) throw malformed('a malformed CONNECT')
    return { kind: 'other', method, protocol, authority, path, headers }
  }
  if (scheme === undefined || !path) throw malformed(`a ${method} request without :scheme or :path`)
  if (scheme === 'https' || scheme === 'http') checkTarget(method, authority, path, headers)
  if (protocol === undefined) return { kind: 'other', method, protocol, authority, path, headers }
  if (!authority) throw malformed('an Extended CONNECT without :authority')
  if (!isProtocolToken(protocol)) return { kind: 'other', method, protocol, authority, path, headers }
  if (scheme !== 'https') throw malformed(`WebTransport over :scheme ${scheme}`)
  return { kind: 'webtransport', protocol, authority, path, headers }
}

/**
 * Validates the fields of a response (RFC 9114, 4.3.2).
 *
 * @throws H3StreamError H3_MESSAGE_ERROR when it is malformed
 */
export function parseResponse(fields: Fields): HttpResponse {
  const { pseudo, headers } = split(fields, RESPONSE_PSEUDO_HEADERS)
  const status = pseudo.get(':status') ?? ''
  // RFC 9114, 4.5: 101 does not exist in HTTP/3.
  if (!/^[1-9][0-9]{2}$/.test(status) || status === '101') throw malformed(`:status ${JSON.stringify(status)}`)
  return { status: Number(status), headers }
}

export interface ConnectRequest {
  readonly protocol: ProtocolToken
  /** Host and port as in a URL, IPv6 in brackets. */
  readonly authority: string
  /** With the query; begins with `/`. */
  readonly path: string
  readonly headers?: Fields
}

/**
 * The HEADERS frame that asks for a session.
 *
 * @throws InvalidFieldError for a field that HTTP/3 cannot carry
 */
export function encodeConnectRequest(request: ConnectRequest): Uint8Array {
  return encodeMessage(
    [
      [':method', 'CONNECT'],
      [':scheme', 'https'],
      [':authority', request.authority],
      [':path', request.path],
      [':protocol', request.protocol],
    ],
    request.headers ?? [],
  )
}

/**
 * The HEADERS frame of a response. For a session nothing follows it but capsules in DATA; for anything else a FIN.
 *
 * @throws InvalidFieldError for a field that HTTP/3 cannot carry
 */
export function encodeResponse(status: number, headers: Fields = []): Uint8Array {
  return encodeMessage([[':status', String(status)]], headers)
}

/** True for a value of `:protocol` that opens a session. */
function isProtocolToken(protocol: string): protocol is ProtocolToken {
  return TOKENS.includes(protocol)
}

function encodeMessage(pseudo: Fields, headers: Fields): Uint8Array {
  for (const field of headers) {
    const problem = fieldProblem(field)
    if (problem !== undefined) throw new InvalidFieldError(problem)
  }
  for (const [name, value] of pseudo) {
    if (!/^[\x21-\xff]+$/.test(value)) throw new InvalidFieldError(`${name} cannot be ${JSON.stringify(value)}`)
  }
  return encodeHeaders(encodeFieldSection([...pseudo, ...headers]))
}

/** Pseudo-headers come first, each at most once, and only those of the message's kind (RFC 9114, 4.3). */
function split(fields: Fields, known: ReadonlySet<string>): { pseudo: Map<string, string>; headers: Fields } {
  const pseudo = new Map<string, string>()
  const headers: Field[] = []
  for (const field of fields) {
    const [name, value] = field
    if (!name.startsWith(':')) {
      const problem = fieldProblem(field)
      if (problem !== undefined) throw malformed(problem)
      headers.push(field)
      continue
    }
    if (!known.has(name)) throw malformed(`pseudo-header ${name} is not one of this message`)
    if (headers.length > 0) throw malformed(`pseudo-header ${name} behind a header`)
    if (pseudo.has(name)) throw malformed(`pseudo-header ${name} twice`)
    if (fieldProblem(['value', value]) !== undefined) throw malformed(`pseudo-header ${name} with a malformed value`)
    pseudo.set(name, value)
  }
  return { pseudo, headers }
}

/** RFC 9114, 4.3.1, for the schemes that have an authority. */
function checkTarget(method: string, authority: string | undefined, path: string, headers: Fields): void {
  const host = fieldValue(headers, 'host')
  if (!authority && !host) throw malformed('a request without :authority and host')
  if (authority !== undefined && host !== undefined && authority !== host) throw malformed(':authority and host differ')
  if (authority?.includes('@')) throw malformed(':authority with user information')
  if (!path.startsWith('/') && !(method === 'OPTIONS' && path === '*')) throw malformed(`:path ${JSON.stringify(path)}`)
}

function malformed(message: string): H3StreamError {
  return new H3StreamError(ErrorCode.H3_MESSAGE_ERROR, message)
}
