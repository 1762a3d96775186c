import { readFile } from 'node:fs/promises'

/** What a process has taken of the machine. */
export interface Usage {
  /**
   * User and system time of all threads since it began. It hardly depends on who else uses the machine, so it tells
   * more than the clock does on a shared one.
   */
  readonly cpuSeconds: number
  /** Resident memory, in bytes. */
  readonly memory: number
}

/** Length of a clock tick in /proc: USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** Undefined where there is no /proc, or no such process. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  let stat: string
  let status: string
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    status = await readFile(`/proc/${pid}/status`, 'utf8')
  } catch {
    return undefined
  }
  // proc(5): the second field may hold spaces and ends at the last ')'; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  const memory = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  return Number.isFinite(cpuSeconds) && Number.isFinite(memory) ? { cpuSeconds, memory } : undefined
}
