import { readdirSync, readFileSync } from 'node:fs'

/** Bytes of a page of memory on every Linux that the lab runs on. */
const pageSize = 4096

/** Resident bytes of a process and all below it, shared memory counted once for each (`/proc/PID/stat`, `statm`). */
export function residentOfTree(root: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const parent = parentOf(pid)
    if (parent !== undefined) parents.set(pid, parent)
  }
  let resident = 0
  for (const pid of parents.keys()) if (isBelow(pid, root, parents)) resident += residentOf(pid)
  return resident
}

function isBelow(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = parents.get(at)) if (at === root) return true
  return false
}

/** Undefined when the process has ended meanwhile. */
function parentOf(pid: number): number | undefined {
  const stat = readProc(pid, 'stat')
  // The name in parentheses may hold anything, parentheses too.
  const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  return parent === undefined ? undefined : Number(parent)
}

function residentOf(pid: number): number {
  return Number(readProc(pid, 'statm')?.split(' ')[1] ?? 0) * pageSize
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
