import { AVAILABLE_PROTOCOLS, type Fields } from '@sluice/h3'
import { InvalidArgumentError } from '../errors.ts'
import { parseDestination } from '../target.ts'
import { toBytes } from './bytes.ts'

export interface WebTransportHash {
  /** Only 'sha-256' counts; others are passed over. */
  readonly algorithm: string
  readonly value: BufferSource
}

export type WebTransportCongestionControl = 'default' | 'throughput' | 'low-latency'

/** W3C WebTransport, 6.9. */
export interface WebTransportOptions {
  /** Sharing a connection with others; accepted, never done. */
  readonly allowPooling?: boolean
  /** Always so here. */
  readonly requireUnreliable?: boolean
  readonly headers?: HeadersInit
  readonly serverCertificateHashes?: readonly WebTransportHash[]
  readonly congestionControl?: WebTransportCongestionControl
  /** Streams that the server may have open at once are at least this many. */
  readonly anticipatedConcurrentIncomingUnidirectionalStreams?: number | null
  readonly anticipatedConcurrentIncomingBidirectionalStreams?: number | null
  readonly protocols?: readonly string[]
  readonly datagramsReadableType?: 'bytes'
}

/** Options that were checked. */
export interface CheckedOptions {
  readonly headers: Fields
  readonly protocols: readonly string[]
  /** Absent: check by roots. */
  readonly serverCertificateHashes: readonly Uint8Array[] | undefined
  readonly anticipatedUni: number | null
  readonly anticipatedBidi: number | null
  readonly datagramsReadableType: 'bytes' | undefined
}

const CONGESTION_CONTROLS: readonly string[] = ['default', 'throughput', 'low-latency']
const MAX_PROTOCOL_LENGTH = 512

/** @throws DOMException SyntaxError unless it is an https URL without fragment */
export function checkUrl(url: string | URL): void {
  try {
    parseDestination(url)
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new DOMException(error.message, 'SyntaxError')
    throw error
  }
}

/** @throws TypeError, DOMException SyntaxError or NotSupportedError, as the standard says */
export function checkOptions(options: WebTransportOptions): CheckedOptions {
  const { congestionControl = 'default', datagramsReadableType, serverCertificateHashes = [], protocols = [] } = options
  if (!CONGESTION_CONTROLS.includes(congestionControl)) {
    throw new TypeError(`congestionControl cannot be ${JSON.stringify(congestionControl)}`)
  }
  if (datagramsReadableType !== undefined && datagramsReadableType !== 'bytes') {
    throw new TypeError("datagramsReadableType can only be 'bytes'")
  }
  if (options.allowPooling === true && serverCertificateHashes.length > 0) {
    throw new DOMException('a pooled connection cannot be checked by hashes', 'NotSupportedError')
  }
  checkProtocols(protocols)
  const headers = [...new Headers(options.headers)]
  if (headers.some(([name]) => name === AVAILABLE_PROTOCOLS)) {
    throw new TypeError(`${AVAILABLE_PROTOCOLS} is made from the option protocols`)
  }
  const hashes = serverCertificateHashes.map(({ algorithm, value }) => ({ algorithm, value: toBytes(value).slice() }))
  return {
    headers,
    protocols: [...protocols],
    serverCertificateHashes:
      hashes.length === 0
        ? undefined
        : hashes.filter(({ algorithm }) => algorithm === 'sha-256').map(({ value }) => value),
    anticipatedUni: anticipated(options.anticipatedConcurrentIncomingUnidirectionalStreams),
    anticipatedBidi: anticipated(options.anticipatedConcurrentIncomingBidirectionalStreams),
    datagramsReadableType,
  }
}

/** Web IDL `[EnforceRange] unsigned short?`. @throws TypeError outside of it */
export function anticipated(count: number | null | undefined): number | null {
  if (count === null || count === undefined) return null
  const whole = Math.trunc(Number(count))
  if (!Number.isFinite(whole) || whole < 0 || whole > 0xffff) throw new TypeError(`${count} is not from 0 to 65,535`)
  return whole
}

function checkProtocols(protocols: readonly string[]): void {
  if (new Set(protocols).size < protocols.length) throw new DOMException('a protocol is there twice', 'SyntaxError')
  for (const protocol of protocols) {
    if (protocol.length < 1 || protocol.length > MAX_PROTOCOL_LENGTH || !/^[\x20-\x7e]*$/.test(protocol)) {
      throw new DOMException('a protocol is 1 to 512 characters of visible ASCII or space', 'SyntaxError')
    }
  }
}
