import * as chai from 'chai'
import chaiAsPromised from 'chai-as-promised'
import chaiBites from 'chai-bites'
import chaiParentheses from 'chai-parentheses'
import chaiString from 'chai-string'
import chaiSubset from 'chai-subset'

// chai-as-promised goes first: after chai-parentheses it breaks six tests of a correct transport.
for (const plugin of [chaiAsPromised, chaiParentheses, chaiSubset, chaiBites, chaiString]) {
  chai.use(plugin.default ?? plugin)
}

export const { expect, assert } = chai
