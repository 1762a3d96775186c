import { environmentName, type OptionTable } from './options.ts'

/** Two columns, the second one aligned, as help texts have them. */
export function columns(rows: ReadonlyArray<readonly [string, string]>): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

/** The help text of a command, made from the same table that parses its options. */
export function commandHelp(name: string, summary: string, table: OptionTable): string {
  const rows = Object.entries(table).map(([option, { placeholder, summary, fallback }]): [string, string] => {
    const flag = placeholder === undefined ? `--${option}` : `--${option} ${placeholder}`
    const standard = placeholder === undefined || fallback === undefined ? '' : `; default ${fallback}`
    return [flag, `${summary}${standard} [${environmentName(option)}]`]
  })
  return [
    `Usage: sluice ${name} [options]`,
    '',
    summary,
    '',
    'Options, each also by the environment variable in brackets:',
    columns([...rows, ['--help', 'Show this text']]),
    '',
  ].join('\n')
}
