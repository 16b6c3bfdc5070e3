// Hands a task to run-child.ts and waits for its result, or for its end.
import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { StatusReport } from '../../src/contracts/status.ts'
import type { PipelinePlace } from '../../src/runner/open-pipeline.ts'
import type { RunStatus } from '../../src/runner/run-status.ts'
import { RUN_CHILD } from '../built/built.ts'
import type { Task } from './run-child.ts'

interface Told {
  readonly result?: unknown
  readonly status?: RunStatus
  readonly error?: string
}

export interface Asked {
  readonly child: ChildProcess
  /** What the child gives; undefined when it was killed before. */
  readonly result: Promise<unknown>
}

export interface ChildOptions {
  /** Flags of Node, its own and its workers'. Default: none. */
  readonly execArgv?: readonly string[]
  /** Stands in front of the program and its arguments. Default: none. */
  readonly command?: readonly string[]
  /** Default: that of this process. */
  readonly cwd?: string
  /** Whether what it complains about is expected. Default false. */
  readonly quiet?: boolean
}

/** The child leads a group of its own, with its workers in it. */
export function startChild(
  task: Task,
  heard: (status: RunStatus, child: ChildProcess) => void = () => {},
  { execArgv = [], command = [], cwd, quiet = false }: ChildOptions = {},
): Asked {
  const [program, ...args] = [...command, process.execPath]
  const child = fork(RUN_CHILD, [], {
    execPath: program,
    execArgv: [...args, ...execArgv],
    cwd,
    serialization: 'advanced',
    detached: true,
    stdio: ['ignore', 'inherit', quiet ? 'ignore' : 'inherit', 'ipc'],
  })
  const result = new Promise<unknown>((resolve, reject) => {
    child.on('message', ({ result: value, status, error }: Told) => {
      if (status !== undefined) heard(status, child)
      else if (error === undefined) resolve(value)
      else reject(new Error(error))
    })
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(undefined)
      else reject(new Error(`the child ended with ${code ?? signal}`))
    })
    // Killed before it read its task, it ends as one that was killed later.
    child.send(task, (error) => error !== null && child.kill('SIGKILL'))
  })
  return { child, result }
}

export async function askChild(task: Task, options?: ChildOptions): Promise<unknown> {
  const { child, result } = startChild(task, undefined, options)
  try {
    return await result
  } finally {
    killTree(child)
  }
}

/** As the log has it: what a run counts is durable a moment later. */
export async function statusOf(place: PipelinePlace): Promise<StatusReport> {
  return (await askChild({ kind: 'status', ...place })) as StatusReport
}

/** kill -9 of the child and of all its workers, at once. */
export function killTree({ pid }: ChildProcess): void {
  kill(pid === undefined ? undefined : -pid)
}

/** kill -9 of one process; without effect where it has ended by itself. */
export function kill(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Worker processes of a supervisor. */
export function workersOf({ pid }: ChildProcess): number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((each) => each.trim() !== '')
    .map(Number)
    .filter((each) => textOf(`/proc/${each}/cmdline`).includes('/runner/worker.'))
}

/** A file of a process, empty where the process is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
