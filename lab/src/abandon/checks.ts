import { type Check, demand, type Figures } from '../interop/check.ts'
import type { Libp2pPair } from '../interop/libp2p-pair.ts'
import { type Treatment, treatmentName, treatments } from './table.ts'

/** More than three times what either end may have open at once. */
const count = 320
/** More than either end may have open at once, so that opens wait. */
const width = 150
/** Forgotten streams go one limit's worth at a time, each after about a second. */
const within = 40_000

/** Everything else is what an application did to its peer. */
const failuresOfOurs = {
  ERR_NO_STREAM_CREDIT: 'an open had to wait in vain',
  ERR_SESSION_CLOSED: 'the session did not survive it',
}

/** What is left of streams that applications treat badly: nothing, at either end. */
export const abandonChecks: readonly Check<Libp2pPair>[] = treatments.flatMap((treatment) => [
  check('dialer', treatment),
  check('listener', treatment),
])

function check(opener: 'dialer' | 'listener', treatment: Treatment): Check<Libp2pPair> {
  return {
    name: `${opener} ${treatmentName(treatment)}`,
    run: async (pair): Promise<Figures> => {
      const peers = await pair.connected()
      const result = await peers[opener].request('abandon', { ...treatment, count, width, timeout: within })
      for (const [code, meaning] of Object.entries(failuresOfOurs)) {
        demand(result.failures[code] === undefined, meaning, { ...result })
      }
      demand(!mustComplete(treatment) || result.completed === count, 'a stream that was treated well failed', {
        ...result,
      })
      return { ...result, ledger: await pair.ledgers() }
    },
  }
}

/** Large ones may wait longer for each other than a hasty node has patience. */
function mustComplete({ opens, handles, bytes }: Treatment): boolean {
  return opens === 'well' && handles === 'well' && bytes < 1_000
}
