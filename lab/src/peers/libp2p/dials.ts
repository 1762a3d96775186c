import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type { DialOutcome, DialsOptions } from '../commands.ts'

/** Dials all addresses at once and says what came of each. */
export async function dialAll(
  libp2p: Pick<Libp2p, 'dial'>,
  { addresses, patience }: DialsOptions,
  signal: AbortSignal,
): Promise<readonly DialOutcome[]> {
  return await Promise.all(
    addresses.map((address) => dialOne(libp2p, address, AbortSignal.any([signal, AbortSignal.timeout(patience)]))),
  )
}

async function dialOne(libp2p: Pick<Libp2p, 'dial'>, address: string, signal: AbortSignal): Promise<DialOutcome> {
  const start = performance.now()
  let heldBack: DialOutcome['heldBack'] = null
  const code = await libp2p
    .dial(multiaddr(address), {
      signal,
      // js-libp2p's type lists its own events only.
      onProgress: ({ type, detail }: { type: string; detail?: unknown }) => {
        if (type === 'webtransport:held-back') heldBack = detail as DialOutcome['heldBack']
      },
    })
    .then(() => 'ok', codeOf)
  return { code, milliseconds: Math.round(performance.now() - start), heldBack }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
