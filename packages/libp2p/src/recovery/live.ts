import type { CreditSnapshot } from '@sluice/credit'

/** Live streams of the application; a browser knows one layer only, which has none of its own. */
export function liveDataStreams({ accounts }: CreditSnapshot): number {
  const layer = accounts.some((account) => account.layer === 'session') ? 'session' : 'quic'
  return accounts.reduce((sum, account) => sum + (account.layer === layer ? account.live : 0), 0)
}
