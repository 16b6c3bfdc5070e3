// Asks a process of its own, see child.ts.
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RunStatus } from '../../src/runner/run-pipeline.ts'
import type { ToChild } from './child.ts'

interface FromChild {
  readonly result?: unknown
  readonly status?: RunStatus
  readonly error?: string
}

export interface Heard {
  readonly status?: (status: RunStatus, child: ChildProcess) => void
}

export async function askChild(message: ToChild, heard: Heard = {}): Promise<unknown> {
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [], {
    execArgv: [],
    serialization: 'advanced',
  })
  try {
    return await new Promise((resolve, reject) => {
      child.on('message', ({ result, status, error }: FromChild) => {
        if (status !== undefined) heard.status?.(status, child)
        else if (error === undefined) resolve(result)
        else reject(new Error(error))
      })
      child.once('exit', (code, signal) =>
        reject(new Error(`the child ended with ${code ?? signal}`)),
      )
      child.send(message)
    })
  } finally {
    child.kill('SIGKILL')
  }
}

/** Workers that a process has started. */
export function workersOf({ pid }: ChildProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((each) => each.trim() !== '')
    .map(Number)
    .filter((each) => readFileSync(`/proc/${each}/cmdline`, 'utf8').includes('worker.ts'))
}
