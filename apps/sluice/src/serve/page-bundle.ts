import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { PageBuildError } from '../errors.ts'

/** The page's sources, which are shipped beside the emitted files: a browser's bundle is made from them alone. */
const SOURCES = new URL('../../src/page/', import.meta.url)

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string
  readonly body: Uint8Array
}

/** Every file of the page by the path it is asked for. */
export type PageFiles = ReadonlyMap<string, PageFile>

/**
 * Bundles the page for browsers, in memory.
 *
 * @throws PageBuildError
 */
export async function bundlePage(): Promise<PageFiles> {
  const [html, styles, script] = await Promise.all([
    readFile(new URL('index.html', SOURCES)),
    readFile(new URL('page.css', SOURCES)),
    bundleScript(fileURLToPath(new URL('main.ts', SOURCES))),
  ])
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: html }],
    ['/page.css', { type: 'text/css; charset=utf-8', body: styles }],
    ['/page.js', { type: 'text/javascript; charset=utf-8', body: script }],
  ])
}

async function bundleScript(entry: string): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@sluice/source', 'browser'],
    target: 'es2022',
    minify: true,
    // Errors are named after their classes.
    keepNames: true,
    logLevel: 'silent',
  }).catch((cause) => {
    throw new PageBuildError(`the page could not be bundled: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  })
  const [script] = result.outputFiles
  if (script === undefined) throw new PageBuildError('the bundle of the page is empty')
  return script.contents
}
