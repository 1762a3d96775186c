import type { View } from './view.ts'

/** Prints each happening as one JSON object on a line of its own, told apart by `event`. */
export function jsonView(write: (text: string) => void): View {
  const print = (event: string, fields: object = {}): void => write(`${JSON.stringify({ event, ...fields })}\n`)
  return {
    listening: (node) => print('listening', node),
    readdressed: (addresses) => print('addresses', { addresses }),
    opened: (connection) => print('connection-opened', connection),
    closed: (connection) => print('connection-closed', connection),
    credit(changed) {
      for (const connection of changed) print('credit', connection)
    },
    ledger: (report) => print('ledger', report),
    stopping: () => print('stopping'),
  }
}
