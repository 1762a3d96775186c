import type { Scenario } from '../scenario.ts'

function dialled(name: string, dialer: string, about: string): Scenario {
  return {
    name,
    peer: `${dialer} > node`,
    pattern: 'exchange',
    setup: { dialer, listener: 'node', width: 8 },
    expected: 'healthy',
    end: 'flows',
    about,
  }
}

/** Against go-libp2p, whose real ways are what is wrong. */
export const againstGo: readonly Scenario[] = [
  dialled(
    'fm-01-early-stop-sending',
    'go/v0.36.5',
    'STOP_SENDING before the negotiation is answered: the message arrives all the same',
  ),
  dialled(
    'fm-02-close-waits-for-answer',
    'go/v0.48.0',
    'every close at the other end waits for our answer to the negotiation: it has it at once',
  ),
  dialled(
    'fm-03-benign-stop-sending',
    'go/v0.51.0',
    'STOP_SENDING with code 0 behind a complete message, on every stream: no error',
  ),
]
