import type { Clock, SessionStream, StreamCode } from '@sluice/webtransport'
import { ApplicationFault } from './errors.ts'
import { Pattern } from './pattern.ts'
import type { StreamScript } from './script.ts'

/** Codes of resets and stops, which must arrive as they were sent. */
const RESET_CODE = 7
const STOP_CODE = 9

/** RFC 9114, 8.1 */
const H3_REQUEST_INCOMPLETE = 0x10d

/** How a half ended, as its application saw it. */
export type SendOutcome = 'open' | 'finished' | 'reset' | 'stopped' | 'lost'
export type ReceiveOutcome = SessionStream['receiveState']

/** An application with one stream: does what a script says, and remembers what came of it. */
export class AppStream {
  readonly stream: SessionStream
  readonly id: number
  /** Settles when the application has done with both halves. */
  readonly done: Promise<void>
  send: SendOutcome
  receive: ReceiveOutcome
  bytesSent = 0
  bytesReceived = 0
  /** What no script asked for. */
  readonly faults: string[] = []
  readonly #script: StreamScript
  readonly #outgoing: Pattern
  readonly #incoming: Pattern
  readonly #settled = Promise.withResolvers<void>()
  #sending = false
  #receiving = false
  #willThrow: boolean

  constructor(stream: SessionStream, side: 'client' | 'server', script: StreamScript, clock: Clock) {
    this.stream = stream
    this.id = stream.id ?? -1
    this.done = this.#settled.promise
    this.#script = script
    this.#willThrow = script.throws
    this.#outgoing = new Pattern(this.id, side)
    this.#incoming = new Pattern(this.id, side === 'client' ? 'server' : 'client')
    this.send = stream.kind === 'bidi' || stream.opener === 'us' ? 'open' : 'finished'
    this.receive = stream.kind === 'bidi' || stream.opener === 'them' ? 'open' : 'ended'
    stream.events = {
      readable: () => {
        this.#throwOnce()
        this.#read()
      },
      writable: () => this.#write(),
      stopped: ({ app }) => {
        if (app !== STOP_CODE && app !== 0) this.faults.push(`stopped with code ${app}`)
        if (this.send === 'open') this.#endSend('stopped')
      },
      lost: () => {
        if (this.send === 'open') this.send = 'lost'
        if (this.receive === 'open') this.receive = 'lost'
        this.#settled.resolve()
      },
    }
    clock.after(script.send.delay, () => {
      this.#sending = true
      this.#write()
    })
    clock.after(script.receive.delay, () => {
      this.#receiving = true
      this.#read()
    })
  }

  /** It leaves what has come unread for a while. */
  get pauses(): boolean {
    return this.receive === 'open' && !this.#receiving
  }

  #write(): void {
    const { bytes, end } = this.#script.send
    if (!this.#sending || this.send !== 'open') return
    while (this.bytesSent < bytes) {
      const chunk = this.#outgoing.at(this.bytesSent, bytes - this.bytesSent)
      const taken = this.stream.write(chunk)
      this.bytesSent += taken
      if (taken < chunk.length) return
    }
    if (end === 'finish') this.stream.finish()
    else this.stream.reset(RESET_CODE)
    this.#endSend(end === 'finish' ? 'finished' : 'reset')
  }

  #read(): void {
    if (!this.#receiving || this.receive !== 'open') return
    const limit = this.#script.receive.stopAfter
    for (;;) {
      if (limit !== undefined && this.bytesReceived >= limit) {
        this.stream.stopSending(STOP_CODE)
        this.#endReceive('stopped')
        return
      }
      const chunk = this.stream.read()
      if (chunk === undefined) break
      if (!this.#incoming.matches(this.bytesReceived, chunk)) this.faults.push(`wrong bytes at ${this.bytesReceived}`)
      this.bytesReceived += chunk.length
    }
    const { receiveState, resetCode } = this.stream
    if (receiveState === 'reset') this.#checkCode(resetCode)
    if (receiveState !== 'open') this.#endReceive(receiveState)
  }

  /** A reset has the code of whoever reset, or that with which we stopped it. */
  #checkCode(code: StreamCode | undefined): void {
    if (code?.app === RESET_CODE || code?.app === STOP_CODE) return
    // The peer never learned what this stream is: we reset it before its header found room.
    if (code?.raw === H3_REQUEST_INCOMPLETE && this.send === 'reset' && this.bytesSent === 0) return
    this.faults.push(`reset with code ${code?.app ?? code?.raw}`)
  }

  #throwOnce(): void {
    if (!this.#willThrow) return
    this.#willThrow = false
    // The rest of what was to be read is read all the same, later: only this callback is lost.
    queueMicrotask(() => this.#read())
    throw new ApplicationFault('thrown in a callback')
  }

  #endSend(outcome: SendOutcome): void {
    this.send = outcome
    if (this.#script.endsTwice) {
      this.stream.finish()
      this.stream.reset(RESET_CODE)
      // A reset gives up what the peer has not got yet, FIN or no FIN (RFC 9000, 3.1).
      if (outcome === 'finished') this.send = 'reset'
    }
    this.#settleWhenDone()
  }

  #endReceive(outcome: ReceiveOutcome): void {
    this.receive = outcome
    if (this.#script.endsTwice) {
      this.stream.stopSending(STOP_CODE)
      this.stream.read()
    }
    this.#settleWhenDone()
  }

  #settleWhenDone(): void {
    if (this.send !== 'open' && this.receive !== 'open') this.#settled.resolve()
  }
}
