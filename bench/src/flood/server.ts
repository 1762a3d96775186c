/** A server with the limits that a public node has, and what it uses. */
import { makeCertificate } from '@sluice/engine/testing'
import { listen } from '@sluice/webtransport'
import { answer } from '../peers/exchange.ts'
import { answerQuestions } from './process.ts'

const TICK = 20

const certificate = makeCertificate()
const server = await listen({
  certificate,
  onSession: (session) => {
    session.onStream = answer
  },
})

let late = 0
let last = performance.now()
setInterval(() => {
  const now = performance.now()
  late = Math.max(late, now - last - TICK)
  last = now
}, TICK)

answerQuestions({
  ready: () => ({ ...server.address, certificateHash: Buffer.from(certificate.hash).toString('hex') }),
  usage: () => {
    globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const latest = late
    late = 0
    last = performance.now()
    return {
      memory: process.memoryUsage.rss(),
      cpu: (user + system) / 1e6,
      granted: server.governor.snapshot.used,
      streams: [...server.sessions].reduce(
        (sum, session) => sum + session.liveStreams(Number.MAX_SAFE_INTEGER).length,
        0,
      ),
      late: latest,
    }
  },
})
