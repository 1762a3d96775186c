import { CreditAccount, type CreditLayer, type Opener, type StreamKind } from '@sluice/credit'

const KINDS: readonly StreamKind[] = ['bidi', 'uni']
const OPENERS: readonly Opener[] = ['us', 'them']

/** The four accounts of one layer. */
export class LayerAccounts {
  readonly all: readonly CreditAccount[]

  /** No limit is known until somebody sets one. */
  constructor(layer: CreditLayer) {
    this.all = KINDS.flatMap((kind) => OPENERS.map((opener) => new CreditAccount({ layer, kind, opener }, null)))
  }

  of(kind: StreamKind, opener: Opener): CreditAccount {
    const account = this.all.find(({ key }) => key.kind === kind && key.opener === opener)
    if (account === undefined) throw new RangeError(`no account for ${kind} streams opened by ${opener}`)
    return account
  }
}
