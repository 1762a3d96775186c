/** Counts from now on the opens that the browser rejects, which the transport keeps to itself; says how many. */
export function countRejectedOpens(): () => number {
  let rejected = 0
  const { prototype } = WebTransport
  const create = prototype.createBidirectionalStream
  prototype.createBidirectionalStream = async function (this: WebTransport, ...options) {
    try {
      return await create.apply(this, options)
    } catch (error) {
      rejected += 1
      throw error
    }
  }
  return () => rejected
}
