import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes, minified and gzipped, that the transport may have of its own in a page. */
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

/** What a page pays that imports this and nothing else. */
async function bundle(imported: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export ${imported} from './src/index.browser.ts'`,
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
    },
    absWorkingDir: fileURLToPath(new URL('../../..', import.meta.url)),
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
  const foreign = Object.keys(metafile.inputs).filter(
    (file) => !/^(packages\/(libp2p|credit)\/src\/|<stdin>)/.test(file),
  )
  if (foreign.length > 0) throw new Error(`the browser entry bundles what is not its own: ${foreign.join(', ')}`)
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  return { minified: code.byteLength, gzipped: gzipSync(code, { level: 9 }).byteLength }
}

const transport = await bundle('{ webTransport }')
const everything = await bundle('*')
console.log(
  `@sluice/libp2p in a browser: ${transport.minified} bytes minified, ${transport.gzipped} gzipped, limit ${LIMIT}; ` +
    `with the ledger protocol and all else that may be imported ${everything.gzipped}`,
)
if (transport.gzipped > LIMIT) process.exitCode = 1
