import type { SessionStream } from '@sluice/webtransport'
import { CommandFailedError } from '../errors.ts'

/** Everything until the peer's FIN. @throws CommandFailedError on a reset or a lost session */
export function readToEnd(stream: SessionStream): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const parts: Uint8Array[] = []
  const pull = (): void => {
    for (let part = stream.read(); part !== undefined; part = stream.read()) parts.push(part)
    switch (stream.receiveState) {
      case 'open':
        return
      case 'ended':
        resolve(Buffer.concat(parts))
        return
      default:
        reject(new CommandFailedError(`the stream was ${stream.receiveState}`, { remote: true }))
    }
  }
  stream.events.readable = pull
  const lost = stream.events.lost
  stream.events.lost = () => {
    lost?.()
    pull()
  }
  pull()
  return promise
}

/** All of `message`, then FIN; resolves when it is handed over. @throws CommandFailedError when the peer stops it */
export function writeAll(stream: SessionStream, message: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let at = 0
  const push = (): void => {
    at += stream.write(message.subarray(at))
    if (at < message.byteLength) return
    stream.events.writable = undefined
    stream.finish()
    resolve()
  }
  stream.events.writable = push
  stream.events.stopped = ({ app }) => reject(new CommandFailedError(`stopped with ${app}`, { remote: true }))
  const lost = stream.events.lost
  stream.events.lost = () => {
    lost?.()
    reject(new CommandFailedError('the session ended', { remote: true }))
  }
  push()
  return promise
}

/** Sends back what comes, no faster than it is taken, then ends our half. */
export function echo(stream: SessionStream): void {
  let held: Uint8Array | undefined
  const pump = (): void => {
    for (;;) {
      held ??= stream.read()
      if (held === undefined) break
      const taken = stream.write(held)
      if (taken < held.byteLength) {
        held = held.subarray(taken)
        return
      }
      held = undefined
    }
    if (stream.receiveState === 'ended') stream.finish()
    else if (stream.receiveState === 'reset') stream.reset(0)
  }
  stream.events = { readable: pump, writable: pump, stopped: () => stream.stopSending(0) }
  pump()
}
