/**
 * libp2p's own pings, which end a connection when one gets no answer: so a connection that stands has had them all. Their
 * time is lengthened, for here the nodes of a whole crowd share one machine.
 */
export const HEARTBEAT = { pingTimeout: { minTimeout: 60_000 } }
