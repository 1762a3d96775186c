import type { Results } from '../results.ts'
import type { MatrixCell } from './matrix.ts'
import { matrixHead, matrixRow } from './matrix-text.ts'

const STYLE = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c2733; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d8dee4; vertical-align: top }
th { position: sticky; top: 0; background: #f3f6f8 }
tr.bad td { background: #fdecea }
tr.told td { color: #5b6875 }
td:nth-child(n+7) { font-variant-numeric: tabular-nums }
@media (prefers-color-scheme: dark) {
  body { color: #dde4ea; background: #14191f } th { background: #1e262e } th, td { border-color: #303a44 }
  tr.bad td { background: #46201d } tr.told td { color: #93a1ad }
}`

/** The matrix as one page that needs nothing else. */
export function matrixHtml(cells: readonly MatrixCell[], { commit, date, machine, command }: Results): string {
  const row = (cell: MatrixCell): string => {
    const kind = cell.expected === 'reported' ? 'told' : cell.ok === cell.runs ? 'good' : 'bad'
    return `<tr class="${kind}">${matrixRow(cell)
      .map((text) => `<td>${escapeHtml(text)}</td>`)
      .join('')}</tr>`
  }
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sluice: the lab's matrix</title>
<style>${STYLE}</style>
<h1>Browser × peer × pattern</h1>
<p><code>${escapeHtml(command)}</code> at commit <code>${escapeHtml(commit)}</code>, ${escapeHtml(date)}, ${escapeHtml(machine)}.
Times are medians in milliseconds. A row that is only reported shows what somebody else's transport does.</p>
<table><thead><tr>${matrixHead.map((head) => `<th>${escapeHtml(head)}</th>`).join('')}</tr></thead>
<tbody>
${cells.map(row).join('\n')}
</tbody></table>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
