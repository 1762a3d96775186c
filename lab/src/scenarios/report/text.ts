import { judgedLine } from '../../result-text.ts'
import type { Run } from '../run.ts'
import type { Scenario } from '../scenario.ts'

/** A scenario in one line. */
export function listText({
  name,
  peer,
  expected,
  end,
  about,
}: Pick<Scenario, 'name' | 'peer' | 'expected' | 'end' | 'about'>): string {
  const demand = expected === 'reported' ? 'reported' : `${expected}, ${end}`
  return `${name.padEnd(34)} ${peer.padEnd(30)} ${demand.padEnd(28)} ${about}`
}

/** A run in one line; one that is not ok with all that was counted. */
export function runText(run: Run): string {
  const { name, peer, expected, verdict, verdictMs, recoveredMs, lost, ok, end, errors, milliseconds, figures } = run
  const times = [
    verdictMs === null ? '' : `named after ${verdictMs} ms`,
    recoveredMs === null ? '' : `flowing ${recoveredMs} ms later`,
    lost === 0 ? '' : `${lost} lost`,
    errors === 0 ? '' : `${errors} errors`,
  ].filter((text) => text !== '')
  const line = judgedLine(ok, `${name} (${peer}): ${verdict ?? 'no verdict'}, ${end}`)
  const demand = ok ? '' : `; expected ${expected}`
  const told = `${line}${times.length === 0 ? '' : `, ${times.join(', ')}`} (${milliseconds} ms)${demand}`
  return ok ? told : `${told}\n${JSON.stringify(figures)}`
}
