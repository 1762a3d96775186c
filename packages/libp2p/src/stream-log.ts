import type { Logger, MessageStreamDirection } from '@libp2p/interface'

/**
 * The logs of a muxer's streams. js-libp2p's logger asks the system for the kind of terminal each time that a scope is
 * made, which would be the dearest part of a short stream, and multistream-select makes one more. So as long as
 * nobody reads the muxer's log, the streams of a direction share theirs; what goes wrong is logged all the same, but
 * without the stream's id.
 */
export class StreamLogs {
  readonly #log: Logger
  readonly #shared = new Map<MessageStreamDirection, Logger>()

  /** @param log that of the muxer; while it is enabled each stream has a log of its own */
  constructor(log: Logger) {
    this.#log = log
  }

  of(direction: MessageStreamDirection, id: string): Logger {
    if (this.#log.enabled) return this.#log.newScope(`${direction}:${id}`)
    const known = this.#shared.get(direction)
    if (known !== undefined) return known
    const made = withSharedScopes(this.#log.newScope(direction))
    this.#shared.set(direction, made)
    return made
  }
}

/** The same log, but that it makes each scope once. */
function withSharedScopes(log: Logger): Logger {
  const scopes = new Map<string, Logger>()
  const newScope = (name: string): Logger => {
    const known = scopes.get(name)
    if (known !== undefined) return known
    const made = log.newScope(name)
    scopes.set(name, made)
    return made
  }
  const same = (formatter: unknown, ...args: unknown[]): void => log(formatter, ...args)
  return Object.assign(same, { error: log.error, trace: log.trace, enabled: log.enabled, newScope })
}
