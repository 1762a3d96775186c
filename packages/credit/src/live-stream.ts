import type { CreditAccount } from './account.ts'
import type { Millis, Opener, StreamKind } from './types.ts'

/** The send half. 'finished': FIN was asked for by the application. 'ended': the peer's stack has acknowledged all of it. */
export type SendState = 'open' | 'finished' | 'ended' | 'reset'

/** The receive half. 'ended' and 'reset': the peer's end was read. 'stopped': we said STOP_SENDING. */
export type ReceiveState = 'open' | 'ended' | 'reset' | 'stopped'

/**
 * What holds a stream and can say what it is called; asked only when a ledger is read, for the name may come later than
 * the stream: libp2p negotiates its protocol on the stream itself.
 */
export interface StreamOwner {
  readonly owner: string | undefined
}

/** What an owner is called. */
export function ownerName(owner: string | StreamOwner | undefined): string | undefined {
  return typeof owner === 'object' ? owner.owner : owner
}

/** A stream that holds credit, as it stands at one moment. */
export interface LiveStream {
  /** QUIC stream id. */
  readonly id: number
  readonly kind: StreamKind
  readonly opener: Opener
  /** What the application calls it, such as a libp2p protocol id; null where nobody has said. */
  readonly owner: string | null
  readonly openedAt: Millis
  /** When the application got it; null while nobody has taken it. */
  readonly acceptedAt: Millis | null
  /** null: the stream has no such half. */
  readonly send: SendState | null
  /** null: the stream has no such half. */
  readonly receive: ReceiveState | null
  /** Since when no half is 'open', so that all that is left is the stacks' work; null while one is. */
  readonly closedAt: Millis | null
  /** Bytes of the application that it has read. */
  readonly bytesRead: number
  /** Bytes of the application that were taken to be sent. */
  readonly bytesWritten: number
}

/**
 * The live record that was opened before one, and the one after, which only the `StreamLedger` knows what to do with. One
 * that is not live has itself on both sides, so that whoever keeps it keeps no other.
 */
export const OLDER = Symbol()
export const NEWER = Symbol()

/** What is written down of one live stream. What happens to a half that is already over changes nothing. */
export class StreamRecord implements LiveStream {
  readonly id: number
  readonly kind: StreamKind
  readonly opener: Opener
  readonly openedAt: Millis
  readonly account: CreditAccount;
  [OLDER]: StreamRecord = this;
  [NEWER]: StreamRecord = this
  #acceptedAt: Millis | null = null
  #send: SendState | null
  #receive: ReceiveState | null
  #closedAt: Millis | null = null
  #owner: string | StreamOwner | undefined
  #bytesRead = 0
  #bytesWritten = 0
  #movedAt: Millis
  #writeWaits = false
  #unread = false
  #expectsAnswer = false

  constructor(id: number, account: CreditAccount, now: Millis) {
    const { kind, opener } = account.key
    this.id = id
    this.kind = kind
    this.opener = opener
    this.openedAt = now
    this.#movedAt = now
    this.account = account
    this.#send = kind === 'bidi' || opener === 'us' ? 'open' : null
    this.#receive = kind === 'bidi' || opener === 'them' ? 'open' : null
  }

  get owner(): string | null {
    return ownerName(this.#owner) ?? null
  }

  get acceptedAt(): Millis | null {
    return this.#acceptedAt
  }

  get send(): SendState | null {
    return this.#send
  }

  get receive(): ReceiveState | null {
    return this.#receive
  }

  get closedAt(): Millis | null {
    return this.#closedAt
  }

  get bytesRead(): number {
    return this.#bytesRead
  }

  get bytesWritten(): number {
    return this.#bytesWritten
  }

  /** When a byte was read or written, or a half ended, last. */
  get movedAt(): Millis {
    return this.#movedAt
  }

  /** The application wants to write more than there is room for. */
  get writeWaits(): boolean {
    return this.#writeWaits && this.#send === 'open'
  }

  /** There is something to read that the application has not read. */
  get unread(): boolean {
    return this.#unread && this.#receive === 'open'
  }

  /** A write found no room, or room was made. */
  waitToWrite(waits: boolean): void {
    this.#writeWaits = waits
  }

  /** Something arrived, or all that had was read. */
  leaveUnread(unread: boolean): void {
    this.#unread = unread
  }

  /** Whoever takes the stream at the other end says something on it at once, whatever it is for. */
  expectAnswer(): void {
    this.#expectsAnswer = true
  }

  /** Nothing has come on a stream on which whoever takes it speaks at once: nobody has. */
  get unanswered(): boolean {
    return this.#expectsAnswer && this.#bytesRead === 0 && !this.#unread && this.#receive === 'open'
  }

  /** Somebody holds the stream. */
  own(owner: string | StreamOwner | undefined): void {
    this.#owner = owner
  }

  /** The application read bytes. */
  read(bytes: number, now: Millis): void {
    this.#bytesRead += bytes
    this.#movedAt = now
  }

  /** Bytes of the application were taken to be sent. */
  wrote(bytes: number, now: Millis): void {
    if (bytes === 0) return
    this.#bytesWritten += bytes
    this.#movedAt = now
  }

  /** The application took the stream. @throws RangeError when it has it already */
  accept(now: Millis): void {
    if (this.#acceptedAt !== null) throw new RangeError(`stream ${this.id} was accepted already`)
    this.account.accept()
    this.#acceptedAt = now
    this.#movedAt = now
  }

  /** The application asked for FIN. */
  finish(now: Millis): void {
    if (this.#send !== 'open') return
    this.#send = 'finished'
    this.#noteClosed(now)
  }

  /** Everything, FIN included, is acknowledged. */
  acknowledge(): void {
    if (this.#send === 'finished') this.#send = 'ended'
  }

  /** The send half was reset: by the application, or in answer to the peer's STOP_SENDING. */
  reset(now: Millis): void {
    if (this.#send !== 'open' && this.#send !== 'finished') return
    this.#send = 'reset'
    this.#noteClosed(now)
  }

  /** The receive half is over: we stopped it, or the application read the peer's end. */
  endReceive(state: Exclude<ReceiveState, 'open'>, now: Millis): void {
    if (this.#receive !== 'open') return
    this.#receive = state
    this.#noteClosed(now)
  }

  /** The record as it stands, for printing and comparing. */
  snapshot(): LiveStream {
    const { id, kind, opener, owner, openedAt, acceptedAt, send, receive, closedAt, bytesRead, bytesWritten } = this
    return { id, kind, opener, owner, openedAt, acceptedAt, send, receive, closedAt, bytesRead, bytesWritten }
  }

  #noteClosed(now: Millis): void {
    this.#movedAt = now
    if (this.#send !== 'open' && this.#receive !== 'open') this.#closedAt ??= now
  }
}
