/** A known fault of a stack: what it does, where that was seen, and what Sluice does about it. */
export interface KnownFault {
  readonly what: string
  /** Version and date of the observation, or the report upstream. */
  readonly seen: string
  readonly answer: string
}

const FIREFOX = 'Firefox ESR 153.7, November 2026'
const CHROMIUM = 'Chromium 156.0.8078.79, November 2026'
const STOCK = '@libp2p/webtransport 6.0.39, November 2026'
const SETTLE = 'A stream that we opened is neither reset nor stopped before its first byte or 150 ms.'
const CUT = 'RESET_STREAM takes STOP_SENDING along; STOP_SENDING waits, reading away, for RESET_STREAM.'

/** Every fault that a row of the table names. */
export const KNOWN_FAULTS = {
  'reset-alone-leaks': {
    what: 'After RESET_STREAM alone it never ends its own half, though the page wrote and closed it: the credit is gone.',
    seen: FIREFOX,
    answer: CUT,
  },
  'stop-spoils-reading': {
    what: 'After STOP_SENDING the page cannot read on either: what still comes is lost, the FIN too, and the credit of a stream that the peer opened.',
    seen: FIREFOX,
    answer: `${CUT} In a page: such streams are counted, and the session is rotated before the last of them; what they brought is taken for whole only where the protocol would show that it is not.`,
  },
  'stop-and-fin-leak': {
    what: 'STOP_SENDING and FIN, and a page that then writes: some of the streams never end.',
    seen: FIREFOX,
    answer: CUT,
  },
  'empty-stream-ends-connection': {
    what: 'A stream that arrives as header and FIN, with nothing between, ends the connection with H3_GENERAL_PROTOCOL_ERROR.',
    seen: `${FIREFOX}; neqo 0.31 (\`stream_type_reader.rs\`)`,
    answer: 'The FIN of an empty stream waits until the header is acknowledged.',
  },
  'cancel-is-silent': {
    what: 'A page that cancels a readable sends no STOP_SENDING, and what was cancelled stays counted against the flow control of the connection: some eighty bodies of 300 KB end a session.',
    seen: FIREFOX,
    answer: 'In a page: read to the end instead of cancelling, bounded.',
  },
  'waiting-streams-take-descriptors': {
    what: 'Hands the page streams unasked and gives their credit back before it has seen them. Each that waits for the page takes two file descriptors of its process; where there are no more the tab crashes.',
    seen: `${FIREFOX}; go-libp2p 0.36.5, which closes without waiting for an answer, with 20,000 messages at a limit of 20,000`,
    answer: 'None: nothing that a page does slows such a peer down.',
  },
  'streams-leave-memory': {
    what: 'Keeps 13 KB and a quarter of a memory mapping of every stream, however it ended, until the session ends: after some 240,000 it has all the mappings that Linux gives a process, and the browser dies.',
    seen: FIREFOX,
    answer: 'The session is rotated before: `rotateAfter`.',
  },
  'tab-gone-unsaid': {
    what: 'A tab that is closed ends its streams with FIN, as if all had been sent, and leaves the session open.',
    seen: FIREFOX,
    answer: "js-libp2p's connection monitor pings; messages are framed by their length.",
  },
  'close-cuts-off': {
    what: "The writer's `close()` resolves before all that was written has left; a session that is closed then ends such streams with FIN, as if all had been sent.",
    seen: FIREFOX,
    answer:
      'In a page: a connection is closed once the peer has ended its half of each stream as well, bounded by a second.',
  },
  'early-stop-lost': {
    what: 'STOP_SENDING right behind the opening of a stream may be lost inside the browser, or the stream with it.',
    seen: `${CHROMIUM}; ${FIREFOX}`,
    answer: SETTLE,
  },
  'early-reset-hangs-tab': {
    what: 'RESET_STREAM right behind the opening of a stream that the page writes to and does not read hangs the tab.',
    seen: CHROMIUM,
    answer: SETTLE,
  },
  'close-crashes-tab': {
    what: 'The session is closed right behind the end, FIN or RESET_STREAM, of one of its streams: the browser may tear that stream down before it has told the page of the close, and the tab crashes (a null context in `IncomingStream`).',
    seen: `${CHROMIUM}; a listener that closed right after the dial, one crash in some 70 rounds, and none in 960 with the answer below`,
    answer:
      'Streams of a session that we close are not reset: they end with the connection. The close follows 150 ms after all else, and the end of the connection 150 ms after that unless the browser is faster.',
  },
  'large-codes-read-as-zero': {
    what: 'A reset with an application code above 255 is read as code 0.',
    seen: FIREFOX,
    answer: 'Larger codes are sent as 255.',
  },
  'large-codes-cut-off': {
    what: 'A page that aborts with a code above 255 sends 255.',
    seen: `${CHROMIUM}; ${FIREFOX}`,
    answer: 'In a page: the same, said in the documentation.',
  },
  'open-rejected': {
    what: 'A page that opens a stream without credit is rejected at once with NetworkError, as if the session had failed.',
    seen: CHROMIUM,
    answer: 'In a page: opens wait in a queue and are tried again, with a deadline.',
  },
  'credit-before-page': {
    what: 'Gives the credit of a stream back that the peer ended and stopped, though the page has not been handed it yet: a peer that opens and closes at once outruns the page without bound, and whatever the page wants waits behind thousands of streams.',
    seen: `${CHROMIUM}; go-libp2p 0.36.5, which closes without waiting for an answer: of 20,000 messages each way the page sent 40 before its connection was given up`,
    answer: 'In a page: one stream is taken in each turn of the event loop; one that is not taken keeps its credit.',
  },
  'dials-throttled': {
    what: 'Each dial of a page that fails makes those that follow wait twice as long, for five minutes: seconds after nine, a minute after fourteen; from 64 on they are refused as if the connection had been lost.',
    seen: `${CHROMIUM}; crbug 40069954, libp2p/js-libp2p#1896`,
    answer:
      'In a page: dials are counted as the browser counts them; one that is held back says so, and fails with `ERR_DIAL_THROTTLED`.',
  },
  'pull-wedge': {
    what: 'A page that does not take incoming streams at once is never given another.',
    seen: 'Firefox before 153 (bugzilla 2046262)',
    answer:
      'In a page: streams are taken into a queue of our own as they come; where none come any more, the peer tells by the ledger protocol, and a fresh session takes the place.',
  },
  'sixteen-streams': {
    what: 'Grants 16 streams instead of 100, so that a few forgotten ones stop everything.',
    seen: 'neqo before 0.19 (mozilla/neqo#3107)',
    answer: 'Opens wait in a queue with a deadline; nothing is kept open.',
  },
  'credit-never-refilled': {
    what: 'MAX_STREAMS stops coming after some 7,300 streams and MAX_DATA after 16 MiB.',
    seen: 'Safari 26.5 (WebKit 319818, moq-dev/moq#2388)',
    answer: 'The session is rotated before: `rotateAfter`.',
  },
  'stops-before-answer': {
    what: 'Closes a stream without reading the answer to its multistream-select: STOP_SENDING may come first of all.',
    seen: 'go-libp2p before 0.37.1 (multiformats/go-multistream#115)',
    answer: 'A failed answer never costs what the peer sent: the request is read to its end.',
  },
  'close-blocks': {
    what: 'Closing a stream waits without a bound for the answer to multistream-select.',
    seen: 'go-libp2p 0.37.1 to 0.46 (libp2p/go-libp2p#3448)',
    answer: 'Negotiations are answered at once, and bounded in time by the upgrader.',
  },
  'stops-on-every-close': {
    what: 'Every close of a stream sends STOP_SENDING with code 0, also after a complete exchange.',
    seen: 'go-libp2p 0.36.5 to 0.51.0',
    answer: 'Read as the end of its reading, never as a failure.',
  },
  'no-reset-stream-at': {
    what: 'Has no RESET_STREAM_AT: a stream reset at once arrives without the header that says whose it was.',
    seen: 'quinn-proto 0.11 (quinn-rs/quinn#2676)',
    answer: 'Streams that never said what they are are ended on both halves after a time.',
  },
  'abort-leaves-reading': {
    what: 'Aborting a stream resets its own half only; the other lives until we end it.',
    seen: STOCK,
    answer: 'A reset by the peer ends our half too.',
  },
} as const satisfies Record<string, KnownFault>

export type FaultCode = keyof typeof KNOWN_FAULTS
