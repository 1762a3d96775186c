import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labFolder } from '../paths.ts'

/** Two peers that must work together, and the list of checks that they go through. */
export type Cell =
  | {
      readonly suite: 'libp2p' | 'webtransport' | 'flow-control' | 'page' | 'abandon'
      readonly dialer: string
      readonly listener: string
    }
  | { readonly suite: 'reset-stream-at'; readonly dialer: string; readonly listener: string; readonly loss: number }

interface Required {
  readonly libp2p: readonly (readonly [dialer: string, listener: string])[]
  readonly webtransport: readonly (readonly [dialer: string, listener: string])[]
  readonly 'flow-control': readonly (readonly [dialer: string, listener: string])[]
  readonly 'reset-stream-at': readonly (readonly [dialer: string, listener: string, loss: number])[]
  readonly abandon: readonly (readonly [dialer: string, listener: string])[]
  readonly page: readonly (readonly [dialer: string, listener: string])[]
}

/** A check of a cell that is known to fail, and why nothing of ours can mend it. The list may only shrink. */
export interface ExpectedFailure {
  readonly cell: string
  readonly check: string
  readonly reason: string
}

/** The cells of `lab/required.json`: a pair once green may not go red. */
export function requiredCells(): Cell[] {
  const required = JSON.parse(readFileSync(join(labFolder, 'required.json'), 'utf8')) as Required
  return [
    ...required.libp2p.map(([dialer, listener]) => ({ suite: 'libp2p', dialer, listener }) as const),
    ...required.webtransport.map(([dialer, listener]) => ({ suite: 'webtransport', dialer, listener }) as const),
    ...required['flow-control'].map(([dialer, listener]) => ({ suite: 'flow-control', dialer, listener }) as const),
    ...required['reset-stream-at'].map(
      ([dialer, listener, loss]) => ({ suite: 'reset-stream-at', dialer, listener, loss }) as const,
    ),
    ...required.abandon.map(([dialer, listener]) => ({ suite: 'abandon', dialer, listener }) as const),
    ...required.page.map(([dialer, listener]) => ({ suite: 'page', dialer, listener }) as const),
  ]
}

export function expectedFailures(): ExpectedFailure[] {
  return JSON.parse(readFileSync(join(labFolder, 'expected-failures.json'), 'utf8')) as ExpectedFailure[]
}

/** How a cell is called in reports and by `--only`. */
export function cellName(cell: Cell): string {
  const loss = cell.suite === 'reset-stream-at' ? ` loss ${cell.loss * 100} %` : ''
  return `${cell.suite}: ${cell.dialer} > ${cell.listener}${loss}`
}
