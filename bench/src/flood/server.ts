/** A server with the limits that a public node has, and what it uses. */
import { makeCertificate } from '@sluice/engine/testing'
import { listen } from '@sluice/webtransport'
import { answer } from '../peers/exchange.ts'
import { collectGarbage } from './garbage.ts'
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

/** Seconds of processor time. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Of that, what went into looking. */
let looking = 0

answerQuestions({
  ready: () => ({ ...server.address, certificateHash: Buffer.from(certificate.hash).toString('hex') }),
  usage: () => {
    const begun = processorTime()
    const latest = late
    collectGarbage()
    const { rss, heapUsed, external } = process.memoryUsage()
    const streams = [...server.sessions].reduce(
      (sum, session) => sum + session.liveStreams(Number.MAX_SAFE_INTEGER).length,
      0,
    )
    const cpu = begun - looking
    looking += processorTime() - begun
    late = 0
    last = performance.now()
    return {
      resident: rss,
      heap: heapUsed + external,
      cpu,
      granted: server.governor.snapshot.used,
      streams,
      late: latest,
    }
  },
})
