import type { Transport } from '@libp2p/interface'
import { AddressNotAvailableError, PortInUseError } from '../errors.ts'

/** What was to be listened on, and by which flag another place is named. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly protocol: 'UDP' | 'TCP'
  readonly hostFlag: string
  readonly portFlag: string
}

/** What a failed listen means to the user; other failures are given back as they are. */
export function listenError(failure: unknown, place: Place): unknown {
  const at = `${place.protocol} port ${place.port} of ${place.host}`
  switch (codeOf(failure)) {
    case 'EADDRINUSE':
    case 'ERR_ADDRESS_IN_USE':
      return new PortInUseError(
        `${at} is in use: stop the process that holds it, or choose another port with ${place.portFlag} (0 takes a free one)`,
        { cause: failure },
      )
    case 'EADDRNOTAVAIL':
    case 'ERR_ADDRESS_NOT_AVAILABLE':
      return new AddressNotAvailableError(
        `${place.host} is not an address of this machine: choose one with ${place.hostFlag} (127.0.0.1 always works)`,
        { cause: failure },
      )
    default:
      return failure
  }
}

/** The code of an error or of the first of its causes that has one which names a failed listen. */
function codeOf(failure: unknown): string | undefined {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string' && /ADDR/.test(error.code)) return error.code
  }
  return undefined
}

/**
 * Tells `failed` why a listener of this transport could not listen: libp2p keeps only the text of it.
 */
export function withListenFailures<Components, T extends Transport>(
  factory: (components: Components) => T,
  failed: (error: unknown) => void,
): (components: Components) => T {
  return (components) => {
    const transport = factory(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (options) => {
      const listener = createListener(options)
      const listen = listener.listen.bind(listener)
      listener.listen = async (address) => {
        try {
          await listen(address)
        } catch (error) {
          failed(error)
          throw error
        }
      }
      return listener
    }
    return transport
  }
}
