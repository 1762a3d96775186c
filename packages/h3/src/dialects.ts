import { ErrorCode } from './codes.ts'
import { DEFAULT_MAX_FIELD_SECTION_SIZE, type Fields, fieldValue } from './fields.ts'
import { type FlowControlDeclaration, type SessionLimits, sessionLimitSettings } from './session-flow-control.ts'
import { greaseId, SettingId, type Settings } from './settings.ts'

/** Value of `:protocol` in the CONNECT that opens a session. */
export type ProtocolToken = 'webtransport' | 'webtransport-h3'

/** A way of speaking WebTransport over HTTP/3 that some live peer depends on. */
export interface Dialect {
  /** Label for logs, metrics and dumps. */
  readonly name: 'draft-02' | 'draft-07' | 'draft-14' | 'draft-16'
  /** Drafts of draft-ietf-webtrans-http3 that it covers. */
  readonly drafts: string
  /** The setting by which an end says that it speaks it: non-zero. */
  readonly enabledBy: number
  readonly protocol: ProtocolToken
  /** A server must send ENABLE_CONNECT_PROTOCOL; draft-02 implied it. */
  readonly needsExtendedConnect: boolean
  /** Header fields that a client adds to its CONNECT. */
  readonly requestHeaders: Fields
  /** Largest application error code that the drafts define. Peers take more than they define, so it is advice, not a check. */
  readonly maxAppErrorCode: 0xff | 0xffff_ffff
  /** The DRAIN capsule exists. */
  readonly drain: boolean
  readonly flowControl: FlowControlDeclaration
}

const DRAFT02_OFFER = ['sec-webtransport-http3-draft02', '1'] as const
const DRAFT02_ANSWER = ['sec-webtransport-http3-draft', 'draft02'] as const

/** The table, newest first: the first row that both ends speak is chosen. */
export const DIALECTS: readonly Dialect[] = [
  {
    name: 'draft-16',
    drafts: '15-16',
    enabledBy: SettingId.WT_ENABLED,
    protocol: 'webtransport-h3',
    needsExtendedConnect: true,
    requestHeaders: [],
    maxAppErrorCode: 0xffff_ffff,
    drain: true,
    flowControl: 'initial-limits',
  },
  {
    name: 'draft-14',
    drafts: '13-14',
    enabledBy: SettingId.WT_MAX_SESSIONS,
    protocol: 'webtransport',
    needsExtendedConnect: true,
    requestHeaders: [],
    maxAppErrorCode: 0xffff_ffff,
    drain: true,
    flowControl: 'max-sessions-or-initial-limits',
  },
  {
    name: 'draft-07',
    drafts: '07-12',
    enabledBy: SettingId.WEBTRANSPORT_MAX_SESSIONS,
    protocol: 'webtransport',
    needsExtendedConnect: true,
    requestHeaders: [],
    maxAppErrorCode: 0xffff_ffff,
    drain: true,
    flowControl: 'initial-limits',
  },
  {
    name: 'draft-02',
    drafts: '02-06',
    enabledBy: SettingId.ENABLE_WEBTRANSPORT,
    protocol: 'webtransport',
    needsExtendedConnect: false,
    // Without it webtransport-go up to 0.9 answers 500.
    requestHeaders: [DRAFT02_OFFER],
    maxAppErrorCode: 0xff,
    drain: false,
    flowControl: 'initial-limits',
  },
]

export interface OwnSettingsOptions {
  /** Picks a reserved setting to add, so that peers stay tolerant of unknown ones; the caller brings the randomness. */
  readonly grease?: number
  /** SETTINGS_MAX_FIELD_SECTION_SIZE; default 16,384. */
  readonly maxFieldSectionSize?: number
  /** Declares session flow control, which holds when the peer declares it too. */
  readonly sessionLimits?: SessionLimits | undefined
}

/**
 * The SETTINGS of a server that every known client accepts. A new map each time: add or remove at will.
 *
 * WT_MAX_SESSIONS (draft-13 and 14) goes with the limits of session flow control: Safari is reported to fail on a server
 * that sends it without them (docs/decisions/dialects.md).
 */
export function serverSettings(options: OwnSettingsOptions = {}): Map<number, number> {
  const settings = commonSettings(options)
  return options.sessionLimits === undefined ? settings : settings.set(SettingId.WT_MAX_SESSIONS, 1)
}

/** The SETTINGS of a client that every known server accepts. A new map each time: add or remove at will. */
export function clientSettings(options: OwnSettingsOptions = {}): Map<number, number> {
  return commonSettings(options).set(SettingId.WT_MAX_SESSIONS, 1)
}

function commonSettings(options: OwnSettingsOptions): Map<number, number> {
  const settings = new Map<number, number>([
    // No dynamic table: a conforming peer then cannot insert (RFC 9204, 3.2.3).
    [SettingId.QPACK_MAX_TABLE_CAPACITY, 0],
    [SettingId.MAX_FIELD_SECTION_SIZE, options.maxFieldSectionSize ?? DEFAULT_MAX_FIELD_SECTION_SIZE],
    [SettingId.QPACK_BLOCKED_STREAMS, 0],
    [SettingId.ENABLE_CONNECT_PROTOCOL, 1],
    [SettingId.H3_DATAGRAM, 1],
    [SettingId.H3_DATAGRAM_DRAFT04, 1],
    // Exactly 1: neqo, quiche and aioquic close the connection for more, and more sessions would declare flow control.
    [SettingId.ENABLE_WEBTRANSPORT, 1],
    [SettingId.WEBTRANSPORT_MAX_SESSIONS, 1],
    [SettingId.WT_ENABLED, 1],
  ])
  for (const [id, limit] of options.sessionLimits === undefined ? [] : sessionLimitSettings(options.sessionLimits)) {
    settings.set(id, limit)
  }
  if (options.grease !== undefined) settings.set(greaseId(options.grease), options.grease & 0xff)
  return settings
}

/** What is known of a peer when the dialect is chosen. */
export interface DialectQuery {
  /** Which end we are. */
  readonly side: 'client' | 'server'
  /** The SETTINGS that the peer sent. */
  readonly peerSettings: Settings
  /** The peer's max_datagram_frame_size (RFC 9221, 3). Its reset_stream_at is no condition: browsers do not all offer it. */
  readonly peerMaxDatagramFrameSize: number
  /** Servers: `:protocol` of the CONNECT. */
  readonly protocol?: string
}

/** Why there can be no session; stable, for verdicts. */
export type DialectMismatch =
  /** The peer did not send H3_DATAGRAM = 1. */
  | 'no-h3-datagram'
  /** It did, but its transport parameters allow no DATAGRAM frames: a connection error (RFC 9297, 2.1.1). */
  | 'no-quic-datagram'
  /** The server did not send ENABLE_CONNECT_PROTOCOL = 1, which its dialect needs. */
  | 'no-extended-connect'
  /** None of the settings that enable a dialect. */
  | 'no-webtransport'
  /** `:protocol` is not WebTransport's. */
  | 'unknown-protocol'

export type DialectChoice =
  | { readonly ok: true; readonly dialect: Dialect }
  | {
      readonly ok: false
      readonly reason: DialectMismatch
      /** What to close or reset with. */
      readonly httpCode: number
      readonly scope: 'connection' | 'stream'
    }

/**
 * Chooses the dialect for a session with this peer.
 *
 * A client goes by the server's SETTINGS. A server goes by the token, and asks for no WebTransport setting: clients of
 * webtransport-go 0.10 send none.
 */
export function chooseDialect(query: DialectQuery): DialectChoice {
  const { peerSettings, side } = query
  if (peerSettings.get(SettingId.H3_DATAGRAM) !== 1) return unmet('no-h3-datagram', side)
  if (query.peerMaxDatagramFrameSize === 0) {
    return { ok: false, reason: 'no-quic-datagram', httpCode: ErrorCode.H3_SETTINGS_ERROR, scope: 'connection' }
  }
  const enabled = (dialect: Dialect) => (peerSettings.get(dialect.enabledBy) ?? 0) > 0
  if (side === 'server') {
    const spoken = DIALECTS.filter((dialect) => dialect.protocol === query.protocol)
    const dialect = spoken.find(enabled) ?? spoken.at(-1)
    return dialect === undefined ? unmet('unknown-protocol', side) : { ok: true, dialect }
  }
  const offered = DIALECTS.filter(enabled)
  if (offered.length === 0) return unmet('no-webtransport', side)
  const extendedConnect = peerSettings.get(SettingId.ENABLE_CONNECT_PROTOCOL) === 1
  const dialect = offered.find((candidate) => extendedConnect || !candidate.needsExtendedConnect)
  return dialect === undefined ? unmet('no-extended-connect', side) : { ok: true, dialect }
}

/** A server treats the sessions of such a peer as malformed; a client may close the connection (draft-ietf-webtrans-http3, 3.1). */
function unmet(reason: DialectMismatch, side: 'client' | 'server'): DialectChoice {
  return side === 'server'
    ? { ok: false, reason, httpCode: ErrorCode.H3_MESSAGE_ERROR, scope: 'stream' }
    : { ok: false, reason, httpCode: ErrorCode.WT_REQUIREMENTS_NOT_MET, scope: 'connection' }
}

/** Header fields that a server adds to its 2xx: the draft-02 answer for a client that made the draft-02 offer. */
export function dialectResponseHeaders(requestHeaders: Fields): Fields {
  return fieldValue(requestHeaders, DRAFT02_OFFER[0]) === DRAFT02_OFFER[1] ? [DRAFT02_ANSWER] : []
}
