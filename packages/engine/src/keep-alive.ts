import { MessageChannel } from 'node:worker_threads'

/**
 * Keeps the process (or worker) alive while an endpoint is bound, as a bound socket of `node:net` does. The addon
 * itself never does: its callback is weak. One port with a reference stands for all endpoints.
 */
const { port1: port } = new MessageChannel()
port.unref()

let bound = 0

export function acquire(): void {
  bound += 1
  if (bound === 1) port.ref()
}

export function release(): void {
  bound -= 1
  if (bound === 0) port.unref()
}
