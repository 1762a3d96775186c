/** What Firefox calls itself in the last version before its incoming streams were mended. */
const FIREFOX_152 = 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0'

/**
 * Makes the browser do as Firefox before 153 may (bugzilla 2046262): the first session hands over so many incoming streams
 * and then no more, though they arrive and are acknowledged. It calls itself so, too.
 */
export function wedgeFirstSession(after: number): void {
  Object.defineProperty(navigator, 'userAgent', { get: () => FIREFOX_152 })
  const Platform = globalThis.WebTransport
  let sessions = 0
  globalThis.WebTransport = class extends Platform {
    readonly #wedged = ++sessions === 1
    #incoming: ReadableStream<WebTransportBidirectionalStream> | undefined

    override get incomingBidirectionalStreams(): ReadableStream<WebTransportBidirectionalStream> {
      const incoming = super.incomingBidirectionalStreams
      if (!this.#wedged) return incoming
      this.#incoming ??= cutOff(incoming, after)
      return this.#incoming
    }
  }
}

/** The first so many of a stream; whoever reads on waits for ever. */
function cutOff<T>(stream: ReadableStream<T>, after: number): ReadableStream<T> {
  const reader = stream.getReader()
  let taken = 0
  return new ReadableStream<T>(
    {
      pull: async (controller) => {
        if (taken === after) return await new Promise<never>(() => {})
        const { done, value } = await reader.read()
        taken += 1
        if (done) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
}
