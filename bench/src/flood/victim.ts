/** An honest client: a few streams at a time, one after another, from `resume` to `pause`. */
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
let paused = true
let workers: readonly Promise<void>[] = []

async function work(): Promise<void> {
  while (!paused) {
    await exchange(await session.openStream())
    exchanged += 1
  }
}

answerQuestions({
  exchanged: () => exchanged,
  resume: () => {
    paused = false
    workers = Array.from({ length: IN_FLIGHT }, work)
    return null
  },
  pause: async () => {
    paused = true
    await Promise.all(workers)
    return null
  },
})
