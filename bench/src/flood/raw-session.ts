import type { Connection, Endpoint } from '@sluice/engine'
import {
  concat,
  encodeConnectRequest,
  encodeSettingsFrame,
  encodeVarint,
  encodeWebTransportHeader,
  SettingId,
} from '@sluice/h3'
import type { Target } from './messages.ts'

/** A WebTransport session by hand: what comes is ignored, STOP_SENDING and all, which no real client does. */
export interface RawSession {
  readonly connection: Connection
  /** What begins each of its streams. */
  readonly header: Uint8Array
}

export async function rawSession(endpoint: Endpoint, target: Target): Promise<RawSession> {
  const connection = endpoint.connect(target, {
    alpn: ['h3'],
    serverName: target.host,
    verify: { certificateHashes: [Buffer.from(target.certificateHash, 'hex')] },
  })
  await new Promise<void>((resolve, reject) => {
    connection.events = { connected: resolve, closed: ({ reason }) => reject(new Error(`no connection: ${reason}`)) }
  })
  const settings = [
    [SettingId.ENABLE_CONNECT_PROTOCOL, 1],
    [SettingId.H3_DATAGRAM, 1],
    [SettingId.ENABLE_WEBTRANSPORT, 1],
  ] as const
  connection.openStream('uni')?.write(concat(encodeVarint(0), encodeSettingsFrame(settings)))
  const request = connection.openStream('bidi')
  if (request === undefined) throw new Error('no credit for a request')
  await new Promise<void>((resolve) => {
    request.events = { readable: resolve }
    request.write(encodeConnectRequest({ protocol: 'webtransport', authority: 'bench', path: '/' }))
  })
  return { connection, header: encodeWebTransportHeader('bidi', request.id) }
}
