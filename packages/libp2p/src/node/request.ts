import type { SessionAnswer, SessionRequest } from '@sluice/webtransport'
import { HANDSHAKE_TYPE, WELL_KNOWN_PATH } from '../address.ts'
import type { Admission } from './admission.ts'

const BAD_REQUEST = 400
const NOT_FOUND = 404
const SERVICE_UNAVAILABLE = 503

/** What a request for a session gets (libp2p specs, webtransport); the same answers as go-libp2p's. */
export function answer(request: Pick<SessionRequest, 'path'>, admission: Pick<Admission, 'full'>): SessionAnswer {
  const url = URL.parse(request.path, 'https://here')
  if (url?.pathname !== WELL_KNOWN_PATH) return { accept: false, status: NOT_FOUND }
  if (url.searchParams.get('type') !== HANDSHAKE_TYPE) return { accept: false, status: BAD_REQUEST }
  if (admission.full) return { accept: false, status: SERVICE_UNAVAILABLE }
  return { accept: true }
}
