import { type AccountSnapshot, keptBack, type StreamKind } from '@sluice/credit'
import type { Application } from './application.ts'
import type { World } from './world.ts'

/** Streams of HTTP/3 itself that live as long as the session: the CONNECT stream; by each side control and two of QPACK. */
const OVERHEAD = { bidi: { client: 1, server: 0 }, uni: { client: 3, server: 3 } } as const

/** quinn's, which is at both ends. */
const REFILL = { kind: 'step', fraction: 1 / 8 } as const

/** The part of an application that has to do with credit. */
type LedgerEnd = Pick<Application, 'side' | 'session' | 'plan'>

/** What is wrong with the credit of a session that is open and quiet. */
export function checkLedger({ windows }: World, client: LedgerEnd, server: LedgerEnd): string[] {
  const faults: string[] = []
  for (const kind of ['bidi', 'uni'] as const) {
    for (const [opener, acceptor] of [
      [client, server],
      [server, client],
    ] as const) {
      const name = `${kind} streams of the ${opener.side}`
      const near = account(opener, 'quic', kind, 'us')
      const far = account(acceptor, 'quic', kind, 'them')
      const overhead = OVERHEAD[kind][opener.side]
      const say = (what: string) => faults.push(`${name}: ${what}`)
      for (const [end, quic] of [
        ['opener', near],
        ['acceptor', far],
      ] as const) {
        if (quic.live > overhead) say(`${quic.live - overhead} still live at the ${end} (${JSON.stringify(quic)})`)
        if (quic.opened !== quic.live + quic.retired) say(`opened is not live and retired at the ${end}`)
      }
      if (near.opened !== far.opened) say(`${near.opened} were opened, ${far.opened} arrived`)
      if (near.waiting > 0) say(`${near.waiting} opens still wait`)
      const { maxIncomingBidi, maxIncomingUni } = acceptor.plan
      const ceiling = kind === 'bidi' ? maxIncomingBidi : maxIncomingUni
      checkLimit(near, windows[acceptor.side][kind], ceiling, say)
      for (const [end, application, by] of [
        ['opener', opener, 'us'],
        ['acceptor', acceptor, 'them'],
      ] as const) {
        const session = account(application, 'session', kind, by)
        if (session.live > 0) say(`${session.live} still live in the session of the ${end}`)
        if (session.accepted !== session.opened) say(`${session.opened - session.accepted} were never accepted`)
        if (session.waiting > 0) say(`${session.waiting} opens still wait for the session of the ${end}`)
        checkSessionLimit(session, acceptor.session.description.flowControl?.ours[kind] ?? null, say)
      }
    }
  }
  return faults
}

/**
 * What the peer may have open at once is what it was at the start, or more where a governor has let it grow, but for
 * what the refill step keeps back.
 */
function checkLimit(near: AccountSnapshot, window: number, ceiling: number, say: (what: string) => void): void {
  const allowed = (near.limit ?? 0) - near.retired
  if (allowed > ceiling) say(`${allowed} at once are allowed, of ${ceiling} at most`)
  const owed = window - allowed
  if (owed > keptBack(REFILL, window))
    say(`${owed} credits of ${near.retired} streams were never given back (window ${window})`)
}

/** All that is over may be opened again, but for what a refill step keeps back (docs/decisions/session-flow-control.md). */
function checkSessionLimit(session: AccountSnapshot, window: number | null, say: (what: string) => void): void {
  if (window === null || session.limit === null) {
    if (window !== session.limit) say(`the session has a limit of ${session.limit} and a window of ${window}`)
    return
  }
  const owed = window - (session.limit - session.retired)
  if (owed < 0) say(`the session allows ${-owed} more than its window of ${window}`)
  if (owed >= Math.max(1, Math.floor(window / 8))) say(`the session owes ${owed} credits of its window of ${window}`)
}

function account(application: LedgerEnd, layer: 'quic' | 'session', kind: StreamKind, opener: 'us' | 'them') {
  const found = application.session.credit.accounts.find(
    (candidate) => candidate.layer === layer && candidate.kind === kind && candidate.opener === opener,
  )
  if (found === undefined) throw new RangeError(`no account of ${layer} ${kind} ${opener}`)
  return found
}

/** What is wrong with the data of streams that are over at both ends. */
export function checkData(client: Application, server: Application): string[] {
  const faults: string[] = []
  for (const application of [client, server]) {
    faults.push(...application.faults)
    for (const { id, faults: own } of application.streams.values())
      faults.push(...own.map((fault) => `stream ${id} at the ${application.side}: ${fault}`))
  }
  for (const [sender, receiver] of [
    [client, server],
    [server, client],
  ] as const) {
    for (const { id, send, bytesSent } of sender.streams.values()) {
      const far = receiver.streams.get(id)
      if (far === undefined) {
        // One that is reset while not even its header finds room is never known by its kind at the other end.
        if (send === 'reset' && bytesSent === 0) continue
        faults.push(`stream ${id} of the ${sender.side} never got to the application at the other end`)
      } else if (send === 'finished' && far.receive === 'ended' && far.bytesReceived !== bytesSent) {
        faults.push(`stream ${id}: the ${sender.side} sent ${bytesSent} bytes, ${far.bytesReceived} arrived`)
      } else if (send === 'finished' && far.receive === 'reset') {
        faults.push(`stream ${id}: finished by the ${sender.side}, reset for the reader`)
      } else if (far.bytesReceived > bytesSent) {
        faults.push(`stream ${id}: ${far.bytesReceived} bytes arrived of ${bytesSent}`)
      }
    }
  }
  return faults
}
