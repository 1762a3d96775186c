import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes, minified and gzipped, that the browser entry may have of its own. */
const LIMIT = 18_000

/** What every libp2p page has in its bundle anyway. */
const EXTERNAL = [
  '@libp2p/*',
  '@multiformats/*',
  'multiformats',
  'multiformats/*',
  'main-event',
  'progress-events',
  'uint8arrays',
  'uint8arrays/*',
  'uint8arraylist',
]

const { outputFiles, metafile } = await build({
  absWorkingDir: fileURLToPath(new URL('../../..', import.meta.url)),
  entryPoints: ['packages/libp2p/src/index.browser.ts'],
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  conditions: ['@sluice/source', 'browser'],
  external: EXTERNAL,
})

const foreign = Object.keys(metafile.inputs).filter((file) => !/^packages\/(libp2p|credit)\/src\//.test(file))
if (foreign.length > 0) throw new Error(`the browser entry bundles what is not its own: ${foreign.join(', ')}`)

const minified = outputFiles[0]?.contents ?? new Uint8Array()
const gzipped = gzipSync(minified, { level: 9 }).byteLength
console.log(`@sluice/libp2p in a browser: ${minified.byteLength} bytes minified, ${gzipped} gzipped, limit ${LIMIT}`)
if (gzipped > LIMIT) process.exitCode = 1
