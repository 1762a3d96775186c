import { readPlan } from './plan.ts'
import { describeError, type FullReport, type Report } from './report.ts'
import { type Results, Session, type TaskName } from './session.ts'
import { View } from './view.ts'

declare global {
  interface Window {
    /** Where scripts find what a page opened with `?auto` measured; `report` is set once, at the very end. */
    sluice: { report?: Report }
  }
}

window.sluice = {}

const query = new URLSearchParams(location.search)
const session = new Session(readPlan(query))
const view = new View(session.plan, {
  run: (task) => void alone(() => runTask(task)),
  runAll: () => void alone(runAll),
})

session.onFeed = (feed, connected) => {
  view.connected(connected)
  feed.listen(() => view.credit(feed.now))
}

/** Which task an error belongs to. */
let current: TaskName = 'dial'

if (query.has('auto')) {
  window.sluice.report = await alone(runAll).catch((error) => ({ error: describeError(error, current) }))
}

async function runTask<Name extends TaskName>(task: Name): Promise<Results[Name]> {
  current = task
  view.running(task)
  try {
    const result: Results[Name] = await session.tasks[task]((progress) => view.running(task, progress))
    view.done(task, result)
    return result
  } catch (error) {
    view.failed(task, describeError(error, task))
    throw error
  }
}

async function runAll(): Promise<FullReport> {
  const begin = performance.now()
  const dialled = await runTask('dial')
  const ping = await runTask('ping')
  const echo = await runTask('echo')
  const pageToNode = await runTask('pageToNode')
  const nodeToPage = await runTask('nodeToPage')
  const download = await runTask('download')
  const upload = await runTask('upload')
  const { node, peerId, connection, milliseconds } = dialled
  return {
    browser: navigator.userAgent,
    node: { peerId: node.peerId, address: connection.remoteAddr.toString() },
    page: { peerId },
    plan: session.plan,
    dial: { milliseconds },
    ping,
    echo,
    pageToNode,
    nodeToPage,
    perf: { upload, download },
    credit: await session.settle(),
    ledger: await session.ledger(),
    milliseconds: performance.now() - begin,
  }
}

async function alone<T>(work: () => Promise<T>): Promise<T> {
  view.busy = true
  try {
    return await work()
  } finally {
    view.busy = false
  }
}
