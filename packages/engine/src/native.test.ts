import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { loadAddon } from './native-loader.ts'
import { quinnEngine } from './quinn.ts'

test('a call that comes late, for an endpoint that is gone, reaches no other', async () => {
  const { NativeEndpoint, hot } = loadAddon()
  const gone = NativeEndpoint.bind({ keyLog: false }, () => {})
  const slot = gone.slot()
  gone.shutDown()
  gone.join()
  const next = await quinnEngine.bind({})
  const connection = next.connect(next.address, {
    alpn: ['x'],
    serverName: 'x',
    verify: { certificateHashes: [new Uint8Array(32)] },
    transport: { handshakeTimeout: 100 },
  })
  const closed = new Promise((resolve) => {
    connection.events = { closed: resolve }
  })
  const records = new Float64Array(40)
  const stealing = setImmediate(function steal() {
    assert.equal(hot.drain(slot, records), 0)
    setImmediate(steal).unref()
  })
  await closed
  clearImmediate(stealing)
  await next.close()
})

/** Tries to bind in a process in which the addon is loaded otherwise; its error's code and message. */
function bindWith(dlopen: string): string {
  const script = `
    const load = process.dlopen
    process.dlopen = ${dlopen}
    const { quinnEngine } = await import(${JSON.stringify(new URL('./quinn.ts', import.meta.url).href)})
    await quinnEngine.bind({}).catch((error) => console.log(error.code, error.message))
  `
  const { stdout } = spawnSync(
    process.execPath,
    ['--conditions=@sluice/source', '--input-type=module', '--eval', script],
    { encoding: 'utf8', timeout: 30_000 },
  )
  return stdout
}

test('where there is no addon, binding says so and how to build one', () => {
  const said = bindWith(`() => { throw new Error('no such file') }`)
  assert.match(said, /^ERR_ADDON_MISSING .*scripts\/build-addon\.mjs/)
})

for (const [which, sources] of [
  ['from other sources', `'0123'`],
  ['before addons told their sources', 'undefined'],
] as const) {
  test(`an addon that was built ${which} is refused, with how to build one`, () => {
    const said = bindWith(`(module, file) => { load(module, file); module.exports.sources = ${sources} }`)
    assert.match(said, /^ERR_ADDON_STALE .*scripts\/build-addon\.mjs/)
  })
}
