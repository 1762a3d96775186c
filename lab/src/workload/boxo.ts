import { join } from 'node:path'
import { cacheFolder, labFolder } from '../paths.ts'
import { builtGo } from '../peers/go.ts'
import { LineProcess } from '../peers/line-process.ts'
import type { BoxoCommands, BoxoEvent } from './commands.ts'

const startWithin = 30_000

export type Boxo = LineProcess<BoxoCommands, BoxoEvent>

/** Starts the Go node with `blocks` blocks of `size` bytes in its store. @throws MissingToolError, PeerGoneError */
export async function startBoxo(
  blocks: number,
  size: number,
): Promise<{ readonly boxo: Boxo; readonly address: string }> {
  const program = await builtGo(join(labFolder, 'peers/boxo'), join(cacheFolder, 'go/boxo/boxo'), {
    inputs: ['go.mod'],
    flags: [],
  })
  const boxo: Boxo = new LineProcess('boxo', program, [`-blocks=${blocks}`, `-size=${size}`])
  const listening = await boxo.started('listening', startWithin)
  const address = 'addresses' in listening ? listening.addresses[0] : undefined
  if (address === undefined) throw new RangeError('the Go node has no address')
  return { boxo, address }
}
