import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { suite, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { CloseReason, Connection, Endpoint } from './engine.ts'
import { quinnEngine } from './quinn.ts'
import { makeCertificate } from './testing/certificate.ts'
import { holdings, runRounds } from './testing/rounds.ts'
import type { TrafficOptions } from './testing/traffic.ts'

const SOURCE = ['--conditions=@sluice/source']
const traffic = new URL('./testing/traffic.ts', import.meta.url)

suite('process hygiene', () => {
  test('a thousand rounds of starting and stopping leave nothing behind', async () => {
    await runRounds(quinnEngine, 20)
    const before = holdings()
    await runRounds(quinnEngine, 1000)
    assert.deepEqual(holdings(), before)
  })

  test('a thousand rounds within a worker leave nothing behind', async () => {
    const before = holdings()
    const worker = new Worker(new URL('./testing/rounds-worker.ts', import.meta.url), {
      workerData: { rounds: 1000 },
      execArgv: SOURCE,
    })
    // Both at once: a worker that is gone before its message was fetched tells of both in one turn.
    const [message, exit] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
    assert.deepEqual(message, ['done'])
    assert.deepEqual(exit, [0])
    assert.deepEqual(holdings(), before)
  })

  test('workers that are terminated in mid-traffic say CONNECTION_CLOSE and leave nothing behind', async (t) => {
    const before = holdings()
    const server = await trafficServer(t)
    for (let round = 0; round < 5; round += 1) {
      const workers = [1, 2, 3, 4].map(
        () => new Worker(traffic, { workerData: server.options('stay'), execArgv: SOURCE }),
      )
      await Promise.all(workers.map((worker) => once(worker, 'message')))
      const closings = workers.map(() => server.nextClosing())
      await Promise.all(workers.map((worker) => worker.terminate()))
      for (const reason of await Promise.all(closings)) assertClosedByPeer(reason)
    }
    await server.endpoint.close()
    assert.deepEqual(holdings(), before)
  })

  for (const [leave, exitCode] of [
    ['process-exit', 0],
    ['uncaught-exception', 1],
  ] as const) {
    test(`a process that leaves in mid-traffic by ${leave} says CONNECTION_CLOSE and exits with ${exitCode}`, async (t) => {
      const server = await trafficServer(t)
      for (let round = 0; round < 3; round += 1) {
        const closing = server.nextClosing()
        const child = spawn(process.execPath, [
          ...SOURCE,
          fileURLToPath(traffic),
          JSON.stringify(server.options(leave)),
        ])
        t.after(() => child.kill())
        assert.deepEqual(await once(child, 'exit'), [exitCode, null])
        assertClosedByPeer(await closing)
      }
    })
  }

  test('an endpoint keeps its process alive until it is closed, and no longer', async (t) => {
    const script = `
      import { quinnEngine } from ${JSON.stringify(new URL('./quinn.ts', import.meta.url).href)}
      const endpoint = await quinnEngine.bind({})
      process.stdin.unref().once('data', () => endpoint.close())
      console.log('bound')
    `
    const child = spawn(process.execPath, [...SOURCE, '--input-type=module', '--eval', script])
    t.after(() => child.kill())
    await once(child.stdout, 'data')
    assert.equal(child.exitCode, null)
    child.stdin.write('close')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })
})

function assertClosedByPeer(reason: CloseReason): void {
  assert.deepEqual(reason, { kind: 'application', remote: true, code: 0, reason: '' })
}

/** Sends back what it reads, and knows how each connection ended. */
async function trafficServer(t: TestContext): Promise<{
  endpoint: Endpoint
  options(leave: TrafficOptions['leave']): TrafficOptions
  nextClosing(): Promise<CloseReason>
}> {
  const certificate = makeCertificate()
  const waiting: ((reason: CloseReason) => void)[] = []
  const endpoint = await quinnEngine.bind({
    server: { alpn: ['traffic'], certificate },
    transport: { idleTimeout: 5000 },
    onConnection: (connection) => {
      connection.events = {
        streamsAcceptable: () => acceptAll(connection),
        closed: (reason) => waiting.shift()?.(reason),
      }
    },
  })
  t.after(() => endpoint.close())
  return {
    endpoint,
    options: (leave) => ({ port: endpoint.address.port, hash: Buffer.from(certificate.hash).toString('hex'), leave }),
    nextClosing: () => new Promise((resolve) => waiting.push(resolve)),
  }
}

function acceptAll(connection: Connection): void {
  for (let stream = connection.acceptStream('bidi'); stream; stream = connection.acceptStream('bidi')) {
    const accepted = stream
    accepted.events = {
      readable: () => {
        for (let data = accepted.read(); data; data = accepted.read()) accepted.write(data)
      },
    }
  }
}
