/** One line on what came of something. */
export function judgedLine(ok: boolean, text: string): string {
  return `${ok ? 'ok    ' : 'NOT OK'} ${text}`
}

/** That line, and under it what was counted, a line each. */
export function resultText(ok: boolean, text: string, counted: readonly string[]): string {
  return [judgedLine(ok, text), ...counted.map((line) => `       ${line}`)].join('\n')
}

/** How often which error there was, a line each. */
export function failureLines(failures: Readonly<Record<string, number>>): string[] {
  return Object.entries(failures).map(([error, times]) => `${times} x ${error}`)
}
