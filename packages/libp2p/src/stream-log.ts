import type { Logger, MessageStreamDirection } from '@libp2p/interface'

/**
 * The logs of a muxer's streams. js-libp2p's logger asks the system for the kind of terminal each time that a scope is
 * made, which would be the dearest part of a short stream, and multistream-select makes one more. So as long as
 * nobody reads the muxer's log, the streams of a direction share theirs; what goes wrong is logged all the same, but
 * without the stream's id.
 */
export class StreamLogs {
  readonly #log: Logger
  readonly #shared: Logger

  /** @param log that of the muxer; while it is enabled each stream has a log of its own */
  constructor(log: Logger) {
    this.#log = log
    this.#shared = withSharedScopes(log)
  }

  of(direction: MessageStreamDirection, id: string): Logger {
    return this.#log.enabled ? this.#log.newScope(`${direction}:${id}`) : this.#shared.newScope(direction)
  }
}

/** The same log, but that it makes each scope once, as do those that it makes. */
function withSharedScopes(log: Logger): Logger {
  const scopes = new Map<string, Logger>()
  const newScope = (name: string): Logger => {
    const scope = scopes.get(name) ?? withSharedScopes(log.newScope(name))
    scopes.set(name, scope)
    return scope
  }
  const same = (formatter: unknown, ...args: unknown[]): void => log(formatter, ...args)
  return Object.assign(same, { error: log.error, trace: log.trace, enabled: log.enabled, newScope })
}
