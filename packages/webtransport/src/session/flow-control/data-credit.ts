/** A stream that has more to write than the session's data credit lets it. */
export interface CreditWaiter {
  /** There is credit again. */
  onCredit(): void
}

/** The data credit of a session as its streams use it, both ways; headers of streams are not counted. */
export interface DataCredit {
  /** Bytes that this stream may write now; none while others wait and it is not its turn. */
  availableTo(stream: CreditWaiter): number
  /** QUIC took bytes of a stream. */
  sent(stream: CreditWaiter, bytes: number): void
  /** Calls the stream back when there is credit again; those that wait take turns. */
  wait(stream: CreditWaiter): void
  /** The stream writes no more. */
  leave(stream: CreditWaiter): void
  /** Bytes of the peer came out of QUIC, or are known to have been sent and will never come (RFC 9000, 4.5). */
  received(bytes: number): void
  /** Bytes that were received have been read, or will never be: the peer may send as many again. */
  consumed(bytes: number): void
}
