import { SettingId, type Settings } from './settings.ts'

/** No limit of streams can be higher: a stream id has 62 bits, two of which tell its kind (draft-ietf-webtrans-http3, 5.6.2). */
export const MAX_SESSION_STREAMS = 2 ** 60

/** What one end allows the other in a session, for its whole life and without the CONNECT stream. */
export interface SessionLimits {
  /** Bidirectional streams. */
  readonly bidi: number
  /** Unidirectional streams. */
  readonly uni: number
  /** Bytes of stream data, headers of streams not counted. */
  readonly data: number
}

/** By what an end declares session flow control, which is on when both do (docs/decisions/session-flow-control.md). */
export type FlowControlDeclaration = 'initial-limits' | 'max-sessions-or-initial-limits'

/** The limits that a session begins with, when flow control is on. */
export interface SessionFlowControlTerms {
  /** What we allow the peer. */
  readonly ours: SessionLimits
  /** What the peer allows us. */
  readonly theirs: SessionLimits
}

/** The SETTINGS that declare session flow control and its first limits; all zero declares nothing. */
export function sessionLimitSettings({ bidi, uni, data }: SessionLimits): readonly (readonly [number, number])[] {
  return [
    [SettingId.WT_INITIAL_MAX_STREAMS_BIDI, bidi],
    [SettingId.WT_INITIAL_MAX_STREAMS_UNI, uni],
    [SettingId.WT_INITIAL_MAX_DATA, data],
  ]
}

/**
 * Session flow control holds when both ends declare it (draft-ietf-webtrans-http3, 5.1): by any limit above zero, and in
 * drafts 13 and 14 by more than one session as well. An end that sends a limit knows what it means, whatever dialect it
 * speaks otherwise; a limit that it leaves out is 0.
 *
 * @param declaredBy what counts in the dialect of the session
 * @returns undefined when it does not hold: then its capsules are to be ignored
 */
export function negotiateFlowControl(
  declaredBy: FlowControlDeclaration,
  ours: Settings,
  theirs: Settings,
): SessionFlowControlTerms | undefined {
  if (!declares(declaredBy, ours) || !declares(declaredBy, theirs)) return undefined
  return { ours: limitsIn(ours), theirs: limitsIn(theirs) }
}

function declares(declaredBy: FlowControlDeclaration, settings: Settings): boolean {
  const { bidi, uni, data } = limitsIn(settings)
  if (bidi > 0 || uni > 0 || data > 0) return true
  return declaredBy === 'max-sessions-or-initial-limits' && (settings.get(SettingId.WT_MAX_SESSIONS) ?? 0) > 1
}

function limitsIn(settings: Settings): SessionLimits {
  const limit = (id: number, max: number) => Math.min(settings.get(id) ?? 0, max)
  return {
    bidi: limit(SettingId.WT_INITIAL_MAX_STREAMS_BIDI, MAX_SESSION_STREAMS),
    uni: limit(SettingId.WT_INITIAL_MAX_STREAMS_UNI, MAX_SESSION_STREAMS),
    data: limit(SettingId.WT_INITIAL_MAX_DATA, Number.POSITIVE_INFINITY),
  }
}
