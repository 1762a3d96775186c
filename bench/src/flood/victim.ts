/** An honest client: a few streams at a time, one after another, for ever. */
import { connect } from '@sluice/webtransport'
import { exchange } from '../peers/exchange.ts'
import type { Target } from './messages.ts'
import { answerQuestions } from './process.ts'

const IN_FLIGHT = 8

const target: Target = JSON.parse(process.argv[2] ?? '{}')
const session = await connect(`https://${target.host}:${target.port}/`, {
  serverCertificateHashes: [Buffer.from(target.certificateHash, 'hex')],
})
let exchanged = 0

async function work(): Promise<never> {
  for (;;) {
    await exchange(await session.openStream())
    exchanged += 1
  }
}

for (let each = 0; each < IN_FLIGHT; each += 1) void work()
answerQuestions({ exchanged: () => exchanged })
