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
  const own = descendants(root, all)
  return all.reduce((sum, { pid, seconds }) => sum + (own.has(pid) ? seconds : 0), 0)
}

/** Ids of the process and of all that descend from it. */
export function processesOf(root: number): ReadonlySet<number> {
  return descendants(root, stats())
}

/** The fields of a stat file behind the name, which may hold anything: its last bracket ends it. */
export function statFields(text: string): readonly string[] {
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Of the process or thread alone, without those that ended. */
export function ownSeconds(fields: readonly string[]): number {
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

function descendants(root: number, all: readonly Stat[]): ReadonlySet<number> {
  const own = new Set([root])
  // A child may have a lesser number than its parent: look until no more are found.
  for (let found = -1; found !== own.size;) {
    found = own.size
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid)
  }
  return own
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
      const fields = statFields(readFileSync(`/proc/${name}/stat`, 'utf8'))
      const ended = (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND
      return [{ pid: Number(name), parent: Number(fields[1]), seconds: ownSeconds(fields) + ended }]
    } catch {
      // It ended while they were read.
      return []
    }
  })
}
