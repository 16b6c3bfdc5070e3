// The process of a worker, which waits for what it is told.
import { fork, type ChildProcess } from 'node:child_process'
import { ownModule } from '../base/own-modules.ts'
import { openSlot } from './versions/call-slot.ts'

/**
 * Columns live outside of V8's heap, yet count against its limit: with a heap of 25 MB, V8 marks all of it three times a second unless
 * it may grow further. A young generation of 16 MB is collected often enough to give dead columns back soon.
 */
const HEAP_FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=300']

export interface StartedWorker {
  readonly child: ChildProcess
  /** Of the slot in which it says what it calls (call-slot.ts). */
  readonly descriptor: number
}

export function startWorker(): StartedWorker {
  const descriptor = openSlot()
  const child = fork(ownModule('runner/worker'), [String(process.pid)], {
    execArgv: [...process.execArgv.filter((each) => !each.startsWith('--cpu-prof')), ...HEAP_FLAGS],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', descriptor],
  })
  return { child, descriptor }
}
