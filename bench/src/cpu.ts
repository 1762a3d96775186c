import { readFile } from 'node:fs/promises'

/** Length of a clock tick in /proc: USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/**
 * CPU seconds (user and system, all threads) that a process has used so far; undefined where there is no /proc.
 * Processor time hardly depends on who else uses the machine, so it tells more than the clock does on a shared one.
 */
export async function cpuSeconds(pid: number): Promise<number | undefined> {
  let stat: string
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // proc(5): the second field may hold spaces and ends at the last ')'; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return Number.isFinite(ticks) ? ticks / ticksPerSecond : undefined
}
