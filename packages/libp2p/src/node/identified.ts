import type { IdentifyResult } from '@libp2p/interface'
import { webTransportSession } from '../credit.ts'
import type { WebTransportComponents } from '../types.ts'

/**
 * Tells each session what its peer calls itself, as soon as identify brings it: a browser's version is there to be
 * read, and go-libp2p's, which no byte of the connection tells.
 *
 * @returns ends it
 */
export function learnFromIdentify({ events }: Pick<WebTransportComponents, 'events'>): () => void {
  const onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
    if (detail.agentVersion !== undefined) webTransportSession(detail.connection)?.learn(detail.agentVersion)
  }
  events?.addEventListener('peer:identify', onIdentify)
  return () => events?.removeEventListener('peer:identify', onIdentify)
}
