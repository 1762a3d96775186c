import type { MessageStream } from '@libp2p/interface'
import type { Session, SessionStream } from '@sluice/webtransport'

/** The delay of the link that js-libp2p's pair of connections simulates; a suite raises it to see a slow sender. */
function simulatedDelay(connection: MessageStream): number {
  const link: unknown = Reflect.get(connection, 'local')
  const delay: unknown = typeof link === 'object' && link !== null ? Reflect.get(link, 'delay') : undefined
  return typeof delay === 'number' ? delay : 0
}

/**
 * The suite slows the connection under a muxer, and ours does not run over that connection. So its delay is handed on
 * to the session: room for more data is made known only after it.
 */
export function overLink(session: Session, connection: MessageStream): Session {
  return new Proxy<Session>(session, {
    get(target, key) {
      if (key === 'openStream') {
        return async (...args: Parameters<Session['openStream']>) =>
          slowed(await target.openStream(...args), () => simulatedDelay(connection))
      }
      return member(target, key)
    },
    set: setMember,
  })
}

function slowed(stream: SessionStream, delay: () => number): SessionStream {
  return new Proxy<SessionStream>(stream, {
    get: member,
    set(target, key, value) {
      if (key !== 'events') return setMember(target, key, value)
      const events: SessionStream['events'] = value
      target.events = {
        ...events,
        writable() {
          if (delay() === 0) events.writable?.()
          else setTimeout(() => events.writable?.(), delay())
        },
      }
      return true
    },
  })
}

function member(target: object, key: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, key, target)
  return typeof value === 'function' ? value.bind(target) : value
}

function setMember(target: object, key: PropertyKey, value: unknown): boolean {
  return Reflect.set(target, key, value, target)
}
