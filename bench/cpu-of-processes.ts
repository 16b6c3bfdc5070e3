// CPU time of a process and of all that descend from it, as Linux counts it (proc(5)): user and system, those that ended included.
import { readdirSync, readFileSync } from 'node:fs'

/** CPU time is counted in hundredths of a second, on every Linux that Node runs on. */
const TICKS_A_SECOND = 100

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly seconds: number
}

/** Seconds; NaN where there is no /proc. */
export function cpuSecondsOf(root: number): number {
  const all = stats()
  if (all.length === 0) return NaN
  const own = new Set([root])
  let seconds = 0
  // A child may have a lesser number than its parent: look until no more are found.
  for (let found = -1; found !== own.size;) {
    found = own.size
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid)
  }
  for (const each of all) if (own.has(each.pid)) seconds += each.seconds
  return seconds
}

function stats(): Stat[] {
  let names: string[]
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
  return names.flatMap((name) => {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name of a program may hold anything; its last bracket ends it.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
      return [{ pid: Number(name), parent: Number(fields[1]), seconds: ticks / TICKS_A_SECOND }]
    } catch {
      // It ended while they were read.
      return []
    }
  })
}
