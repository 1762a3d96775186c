import type { HeliaWithLibp2p } from '@helia/libp2p'
import { CID } from 'multiformats/cid'
import { code as raw } from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import type { HeliaCommands, HeliaFetchResult } from '../../src/workload/commands.ts'

export type Blockstore = HeliaWithLibp2p['blockstore']

/** crypto.getRandomValues gives so much at once. */
const RANDOM_PIECE = 65_536

/**
 * Wants blocks, at most `width` at a time, and checks each against its CID once more. After the first that does not come
 * within `patience` the others are given up too.
 */
export async function fetchBlocks(
  blockstore: Blockstore,
  { cids, width, patience }: HeliaCommands['fetch']['options'],
): Promise<HeliaFetchResult> {
  const start = performance.now()
  const failures: Record<string, number> = {}
  const wanted = cids.values()
  const givenUp = new AbortController()
  let lastArrival = start
  let [blocks, bytes, longestSilence, slowestBlock] = [0, 0, 0, 0]
  const worker = async (): Promise<void> => {
    for (const text of wanted) {
      if (givenUp.signal.aborted) return
      const asked = performance.now()
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(patience), givenUp.signal])
        const block = await fetchBlock(blockstore, CID.parse(text), signal)
        blocks += 1
        bytes += block.byteLength
      } catch (error) {
        const failure = describe(error)
        failures[failure] = (failures[failure] ?? 0) + 1
        givenUp.abort(new RangeError('another block did not come'))
      }
      const now = performance.now()
      longestSilence = Math.max(longestSilence, now - lastArrival)
      slowestBlock = Math.max(slowestBlock, now - asked)
      lastArrival = now
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return { blocks, bytes, milliseconds: performance.now() - start, longestSilence, slowestBlock, failures }
}

async function fetchBlock(blockstore: Blockstore, cid: CID, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of blockstore.get(cid, { signal })) parts.push(part)
  const block = await new Blob(parts as BlobPart[]).bytes()
  const { digest } = await sha256.digest(block)
  if (!digest.every((byte, index) => byte === cid.multihash.digest[index])) {
    throw new RangeError('a block that does not fit its CID')
  }
  return block
}

/** Puts blocks of random bytes into the store. @returns their CIDs */
export async function makeBlocks(blockstore: Blockstore, count: number, size: number): Promise<string[]> {
  const cids: string[] = []
  for (let index = 0; index < count; index++) {
    const block = new Uint8Array(size)
    for (let at = 0; at < size; at += RANDOM_PIECE) crypto.getRandomValues(block.subarray(at, at + RANDOM_PIECE))
    const cid = CID.createV1(raw, await sha256.digest(block))
    await blockstore.put(cid, block)
    cids.push(cid.toString())
  }
  return cids
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` < ${describe(error.cause)}`
  return `${error.name}: ${error.message}${cause}`
}
