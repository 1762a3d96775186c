import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The parts of a V8 CPU profile that self times are computed from. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  /** The node that ran at each sample. */
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

export interface SelfTime {
  readonly function: string
  /** Milliseconds. */
  readonly time: number
  /** Of the time in which the thread did something. */
  readonly share: number
}

/** Functions by the time spent in themselves, longest first; idling is left out. */
export function selfTimes(profile: CpuProfile): SelfTime[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let total = 0
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id)
    const time = profile.timeDeltas[index]
    if (name === undefined || time === undefined || name === '(idle)') continue
    total += time
    times.set(name, (times.get(name) ?? 0) + time)
  }
  return [...times]
    .map(([name, time]) => ({ function: name, time: time / 1000, share: time / total }))
    .sort((a, b) => b.time - a.time)
}

/** The first lines of the self times of a profile, as text. */
export async function topFunctions(file: string, count: number): Promise<string> {
  const profile: CpuProfile = JSON.parse(await readFile(file, 'utf8'))
  return selfTimes(profile)
    .slice(0, count)
    .map((self) => `${(self.share * 100).toFixed(1).padStart(6)} %  ${self.function}`)
    .join('\n')
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  const path = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : url
  return `${name} ${path}:${lineNumber + 1}`
}
