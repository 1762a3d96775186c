import { webTransportCredit } from '@sluice/libp2p'
import type { StreamCount } from './helia.ts'

/** The session layer counts only streams that carry the application's data; a page has no other. */
export const countStreams: StreamCount = (connection) => {
  const credit = webTransportCredit(connection)
  if (credit === undefined) return undefined
  const accounts = credit.exact ? credit.accounts.filter(({ layer }) => layer === 'session') : credit.accounts
  return {
    live: accounts.reduce((sum, { live }) => sum + live, 0),
    opened: accounts.reduce((sum, { opened }) => sum + opened, 0),
  }
}
