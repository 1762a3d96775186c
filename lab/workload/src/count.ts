import { webTransportSession } from '@sluice/libp2p'
import type { StreamCount } from './helia.ts'

/** The session layer counts only streams that carry the application's data; a page has no other, and its browser may keep some. */
export const countStreams: StreamCount = (connection) => {
  const session = webTransportSession(connection)
  if (session === undefined) return undefined
  const { credit, unreleased } = session
  const accounts = credit.exact ? credit.accounts.filter(({ layer }) => layer === 'session') : credit.accounts
  return {
    live: accounts.reduce((sum, { live }) => sum + live, 0) - unreleased,
    opened: accounts.reduce((sum, { opened }) => sum + opened, 0),
  }
}
