import type { Libp2p } from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import { webTransportSession } from '@sluice/libp2p'
import type { Command, CommandIo } from '../cli/command.ts'
import { commandHelp } from '../cli/help.ts'
import { parseOptions } from '../cli/options.ts'
import { reportConnection } from './connection-report.ts'
import { watchCredit } from './credit-watch.ts'
import { loadIdentity } from './identity.ts'
import { jsonView } from './json-view.ts'
import { ledgerReports } from './ledger-report.ts'
import { startNode } from './node.ts'
import { type ServeOptions, serveOptions } from './options.ts'
import { bundlePage } from './page-bundle.ts'
import { startPageServer } from './page-server.ts'
import { screenView } from './screen-view.ts'
import { stopSignal } from './stop-signals.ts'
import { textView } from './text-view.ts'
import type { View } from './view.ts'

/** Longest time for the node to say goodbye to its peers. */
const LONGEST_STOP: Millis = 5000

export const serveCommand: Command = {
  help: commandHelp(
    'serve',
    'Runs a libp2p node with WebTransport, identify, ping, echo and perf, serves a page that tries it from a browser,\n' +
      'and shows the stream credit of every connection. SIGINT and SIGTERM end it.',
    serveOptions,
  ),
  run: (args, io) => serve(parseOptions(serveOptions, args, io.environment), io),
}

/** Serves until a signal, or until nobody reads our output any more. */
async function serve(options: ServeOptions, io: CommandIo): Promise<number> {
  const stopped = stopSignal(process, process.exit)
  const log = (text: string) => io.stderr.write(text)
  await using stack = new AsyncDisposableStack()

  const node = await startNode({
    privateKey: await loadIdentity(options.key),
    host: options.host,
    port: options.port,
    maxConnections: options['max-connections'],
    governor: { budget: options['stream-budget'] },
  })
  stack.defer(() => stopWithin(node, LONGEST_STOP))
  const addresses = () => node.getMultiaddrs().map(String)
  const peerId = node.peerId.toString()
  const reports = () => node.getConnections().map(reportConnection)

  const page = options['no-page']
    ? undefined
    : await startPageServer({
        host: options['page-host'],
        port: options['page-port'],
        bundle: bundlePage,
        node: () => ({ peerId, addresses: addresses() }),
        connections: reports,
        log,
      })
  if (page !== undefined) stack.defer(() => page.close())

  const view = chooseView(options, io)
  view.listening({ peerId, addresses: addresses(), page: page?.url ?? null })
  node.addEventListener('connection:open', ({ detail }) => view.opened(reportConnection(detail)))
  node.addEventListener('connection:close', ({ detail }) => view.closed(reportConnection(detail)))
  let known = addresses().join()
  const readdress = (): void => {
    if (known === addresses().join()) return
    known = addresses().join()
    view.readdressed(addresses())
  }
  node.addEventListener('self:peer:update', readdress)
  // A node that stops loses its addresses, which is not worth telling.
  stack.defer(() => node.removeEventListener('self:peer:update', readdress))
  const ledgers = ledgerReports(node, view.ledger)
  const changed: View['credit'] = (different, all) => {
    view.credit(different, all)
    for (const report of different) ledgers(report)
  }
  const watch = watchCredit({ reports, every: 1000, changed })
  stack.defer(() => watch.stop())
  // What is wrong is shown at once; the counts can wait for the next look.
  node.addEventListener('connection:open', ({ detail }) => webTransportSession(detail)?.onVerdict(() => watch.look()))

  const unread = Promise.withResolvers<void>()
  io.stdout.on('error', () => unread.resolve())
  await Promise.race([stopped, unread.promise])
  view.stopping()
  return 0
}

/** Ends the connections in order, as far as their peers take part in time. */
async function stopWithin(node: Libp2p, longest: Millis): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, longest)
  await Promise.race([node.stop(), late]).finally(() => clearTimeout(timer))
}

function chooseView({ json }: ServeOptions, { stdout, stderr }: CommandIo): View {
  const out = (text: string) => stdout.write(text)
  if (json) return jsonView(out)
  return stdout.isTTY ? screenView(stdout) : textView(out, (text) => stderr.write(text))
}
