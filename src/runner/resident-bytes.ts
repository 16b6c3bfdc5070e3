// Memory of processes, as Linux tells it (proc(5)), and of the machine.
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

/** What a process has in memory, bytes; undefined where it has ended, or the system does not tell of others. */
export function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}

/** What all processes may have, bytes: of the machine, or of the container that this one is in. */
export function machineBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}
