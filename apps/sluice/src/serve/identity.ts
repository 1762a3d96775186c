import { readFile, writeFile } from 'node:fs/promises'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { KeyFileError } from '../errors.ts'

/**
 * The node's private key: from `file`, which is made when it is missing; fresh when there is no file.
 *
 * The file holds libp2p's own encoding of a private key, as other implementations write it, readable by its owner only.
 *
 * @throws KeyFileError
 */
export async function loadIdentity(file: string | undefined): Promise<PrivateKey> {
  if (file === undefined) return await generateKeyPair('Ed25519')
  const stored = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw new KeyFileError(`cannot read the key file ${file} (${cause.code}); check its path and who may read it`, {
      cause,
    })
  })
  return stored === undefined ? await create(file) : parse(file, stored)
}

function parse(file: string, stored: Uint8Array): PrivateKey {
  try {
    return privateKeyFromProtobuf(stored)
  } catch (cause) {
    throw new KeyFileError(
      `${file} is not a libp2p private key; name another file, or delete it to get a new identity`,
      {
        cause,
      },
    )
  }
}

async function create(file: string): Promise<PrivateKey> {
  const key = await generateKeyPair('Ed25519')
  try {
    // 'wx': a file that appeared meanwhile is somebody's identity and is not overwritten.
    await writeFile(file, privateKeyToProtobuf(key), { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new KeyFileError(`cannot write the key file ${file}; check that its folder exists and may be written`, {
      cause,
    })
  }
  return key
}
