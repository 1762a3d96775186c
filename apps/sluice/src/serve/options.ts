import { isIP } from 'node:net'
import { integer, type Option, type OptionValues, optionalText, text, toggle } from '../cli/options.ts'
import { UsageError } from '../errors.ts'

const PORTS = { min: 0, max: 65_535 }

/** An IP address: a multiaddr says which family, so a name will not do. */
function ipAddress(fallback: string, summary: string): Option<string> {
  return {
    ...text('IP', fallback, summary),
    parse(value, source) {
      if (isIP(value) !== 0) return value
      throw new UsageError(`${source} must be an IP address such as 127.0.0.1 or ::1, not '${value}'`)
    },
  }
}

/** The options of `sluice serve`. */
export const serveOptions = {
  port: integer('PORT', 4433, PORTS, 'UDP port that the node listens on; 0 takes a free one'),
  host: ipAddress('127.0.0.1', 'Address that the node listens on; 0.0.0.0 and :: mean all'),
  'page-port': integer('PORT', 4480, PORTS, 'TCP port of the page; 0 takes a free one'),
  'page-host': ipAddress(
    '127.0.0.1',
    'Address of the page; browsers allow WebTransport on plain http only for loopback',
  ),
  'no-page': toggle('Serve no page'),
  json: toggle('Print one JSON object a line instead of text'),
  key: optionalText('FILE', 'Keep the identity in FILE, made when missing, so that addresses survive a restart'),
  'max-connections': integer('N', 10_000, { min: 1, max: 1_000_000 }, 'Connections held at once'),
  'stream-budget': integer(
    'N',
    32_768,
    { min: 0, max: 100_000_000 },
    'Streams that all peers together may hold beyond the 64 that each always may',
  ),
} as const

export type ServeOptions = OptionValues<typeof serveOptions>
