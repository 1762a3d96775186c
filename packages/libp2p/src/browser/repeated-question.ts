/** How often the same is asked at most; about one answer in three is lost. */
const ATTEMPTS = 16

/** Bytes that an answer may have. */
const LONGEST = 65_536

/** What is used of a stream of the browser. */
export type PlatformStream = Pick<WebTransportBidirectionalStream, 'readable' | 'writable'>

export interface QuestionOptions {
  readonly open: () => Promise<PlatformStream>
  /** Whether the platform threw away what came, without a word of the peer. */
  readonly spoiled: (error: unknown) => boolean
}

/**
 * A stream on which nothing is said but what is written in one turn, and all that comes is the answer: identify. Where
 * the end of the answer is spoiled nobody knows whether it was whole, so the same is asked again on another stream; the
 * reader gets the first answer that came to its end.
 *
 * The question is finished at once: a peer that has read that before it closes has no reason for STOP_SENDING.
 */
export function repeatedQuestion(options: QuestionOptions): PlatformStream {
  const question: Uint8Array<ArrayBuffer>[] = []
  const asked = Promise.withResolvers<void>()
  const over = new AbortController()
  const giveUp = (reason: unknown): void => over.abort(reason)
  return {
    readable: new ReadableStream<Uint8Array>({
      start: async (reader) => {
        await asked.promise
        const said = new Uint8Array(await new Blob(question).arrayBuffer())
        for (const chunk of await ask(options, said, over.signal)) reader.enqueue(chunk)
        reader.close()
      },
      cancel: giveUp,
    }),
    writable: new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (chunk) => {
        question.push(chunk)
        setTimeout(asked.resolve, 0)
      },
      abort: giveUp,
    }),
  } as PlatformStream
}

/** The first answer that came to its end. @throws the platform's errors, RangeError, the signal's reason */
async function ask({ open, spoiled }: QuestionOptions, question: Uint8Array, signal: AbortSignal) {
  for (let attempt = 1; ; attempt += 1) {
    const { readable, writable } = await open()
    const answer: Uint8Array[] = []
    let length = 0
    const write = (chunk: Uint8Array): void => {
      answer.push(chunk)
      length += chunk.byteLength
      if (length > LONGEST) throw new RangeError('too long an answer')
    }
    const writer = writable.getWriter()
    // How the question fared, the answer tells.
    for (const done of [writer.write(question), writer.close(), writer.closed]) done.catch(() => {})
    try {
      await readable.pipeTo(new WritableStream({ write }), { signal })
      return answer
    } catch (error) {
      if (signal.aborted || attempt === ATTEMPTS || length > LONGEST || !spoiled(error)) throw error
    }
  }
}
