// What members without a name of their own are called, and which of them were processes of this machine that are no more.
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { MemberSelf } from '../contracts/membership.ts'

export function nameHere(pid: number): string {
  return `${hostname()}:${pid}`
}

/**
 * Whether it was a process of this machine that is no more: killed, or it would have left. One with a name of its own may come back: others
 * wait for it.
 */
export function isGoneHere({ name, host, pid }: MemberSelf): boolean {
  if (host !== hostname() || name !== nameHere(pid)) return false
  try {
    process.kill(pid, 0)
    return isZombie(pid)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** Whether it has ended, and whoever started it has not looked. Only Linux says so. */
function isZombie(pid: number): boolean {
  try {
    // The name before the state is in brackets, and may hold some itself.
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
