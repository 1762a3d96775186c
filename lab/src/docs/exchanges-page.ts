import type { Results } from '../scenarios/results.ts'
import type { Run } from '../scenarios/run.ts'

const HEAD = `# The pattern of go-libp2p#3038

Both ends open a fresh stream for each message at the same time: multistream-select, a number and 100 bytes, close, no answer read; eight at
a time in each direction. It is what brought browsers and go-libp2p to a halt in
[go-libp2p#3038](https://github.com/libp2p/go-libp2p/issues/3038). go-libp2p 0.36.5 is from before its fix of what it does
itself. \`stock\` is \`@libp2p/webtransport\` in the same place, the same browser and the same harness. A stall is a message that took
longer than ten seconds; an error is whatever either application was told, benign stops by the peer included.

This page is made by \`npm run docs:3038\` from \`lab/results/go-3038-*.json\`; \`npm run sluice -- lab run NAME --streams 20000
--results FILE\` measures one anew.

| scenario | who dials whom | messages each way | of the dialler's arrived | of the listener's arrived | stalls | errors | verdict | seconds | commit |
|---|---|---|---|---|---|---|---|---|---|`

/** What `lab/src/scenarios/patterns/exchange.ts` leaves of a run. */
interface ExchangeFigures {
  readonly streams: number
  readonly stalls: number
  readonly fromDialer: { readonly received: { readonly messages: number } }
  readonly fromListener: { readonly received: { readonly messages: number } }
}

/** docs/go-libp2p-3038.md. */
export function exchangesPage(results: readonly Results[]): string {
  const rows = results.flatMap(({ commit, date, runs }) => runs.map((run) => row(run, `${commit}, ${date}`)))
  const machines = [...new Set(results.map(({ machine }) => machine))]
  return `${[HEAD, ...rows, '', ...machines.map((machine) => `- ${machine}`)].join('\n')}\n`
}

function row({ name, peer, verdict, errors, milliseconds, figures }: Run, measured: string): string {
  const seconds = (milliseconds / 1000).toFixed(0)
  const cells = isExchange(figures)
    ? [...counts(figures), errors, verdict ?? 'none', seconds]
    : ['', '', '', '', '', `it did not run to its end: ${reason(name, figures)}`, seconds]
  return `| ${[`\`${name}\``, peer, ...cells, measured].join(' | ')} |`
}

function counts({ streams, stalls, fromDialer, fromListener }: ExchangeFigures): readonly (string | number)[] {
  const messages = [streams, fromDialer.received.messages, fromListener.received.messages]
  return [...messages.map((count) => count.toLocaleString('en-US')), stalls]
}

/** What went wrong. @throws RangeError nothing is known of the run */
function reason(name: string, figures: object): string {
  if (!('failed' in figures)) throw new RangeError(`${name} has no figures of messages`)
  return String(figures.failed)
}

function isExchange(figures: object): figures is ExchangeFigures {
  return 'fromDialer' in figures && 'fromListener' in figures && 'stalls' in figures
}
