import { BrowserSession } from '../browser/session.ts'
import { fakePair } from '../testing/fake-web-transport.ts'
import { muxerSuite } from './muxer-setup.ts'

type Platform = ConstructorParameters<typeof BrowserSession>[0]

await muxerSuite('stream muxer over the session of a browser', () => {
  const [client, server] = fakePair()
  return [new BrowserSession(client as unknown as Platform), new BrowserSession(server as unknown as Platform)]
})
