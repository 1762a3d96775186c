import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes, minified and gzipped, that the transport may have of its own in a page before anything is loaded on need. */
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
async function bundle(imported: string): Promise<{ minified: number; gzipped: number; onNeed: number }> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export ${imported} from './src/index.browser.ts'`,
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
    },
    absWorkingDir: fileURLToPath(new URL('../../..', import.meta.url)),
    bundle: true,
    write: false,
    splitting: true,
    outdir: 'out',
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
  const [entry, ...onNeed] = outputFiles.map(({ contents }) => contents)
  if (entry === undefined || Object.values(metafile.outputs).some(({ entryPoint }) => entryPoint === undefined))
    throw new Error('the entry shares code with what is loaded on need, in a chunk that this would not count')
  const size = (code: Uint8Array): number => gzipSync(code, { level: 9 }).byteLength
  return { minified: entry.byteLength, gzipped: size(entry), onNeed: onNeed.reduce((sum, code) => sum + size(code), 0) }
}

const transport = await bundle('{ webTransport }')
const everything = await bundle('*')
console.log(
  `@sluice/libp2p in a browser: ${transport.minified} bytes minified, ${transport.gzipped} gzipped, limit ${LIMIT}; ${transport.onNeed} more on need; ` +
    `with the ledger protocol and all else that may be imported ${everything.gzipped}`,
)
if (transport.gzipped > LIMIT) process.exitCode = 1
