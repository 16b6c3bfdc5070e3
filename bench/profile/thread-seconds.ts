// CPU time of the threads of a process and of all that descend from it, by what they are for, as Linux counts it (proc(5)).
import { readdirSync, readFileSync } from 'node:fs'
import { ownSeconds, processesOf, statFields } from '../cpu-of-processes.ts'

/** What a thread is for, by the name that Node gives it. */
const KINDS: readonly (readonly [kind: ThreadKind, name: RegExp])[] = [
  ['profiler', /^v8:ProfEvntProc/],
  ['pool', /^libuv-worker/],
  ['v8', /V8Worker|^v8:|DelayedTaskSche|SignalInspector/],
]

/** `js`: it runs JavaScript. `v8`: V8's compilers and collectors. `pool`: flushes, files and compression. */
export type ThreadKind = 'js' | 'v8' | 'pool' | 'profiler'

/** Seconds by thread, whose ids are unique while they live; what has ended keeps what it had. */
export class ThreadSeconds {
  readonly #threads = new Map<string, { readonly kind: ThreadKind; readonly seconds: number }>()

  look(root: number): void {
    for (const pid of processesOf(root))
      for (const thread of namesIn(`/proc/${pid}/task`)) {
        const stat = textOf(`/proc/${pid}/task/${thread}/stat`)
        const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
        if (stat !== '')
          this.#threads.set(thread, { kind: kindOf(name), seconds: ownSeconds(statFields(stat)) })
      }
  }

  of(kind: ThreadKind): number {
    return [...this.#threads.values()].reduce(
      (sum, each) => sum + (each.kind === kind ? each.seconds : 0),
      0,
    )
  }
}

function kindOf(name: string): ThreadKind {
  return KINDS.find(([, names]) => names.test(name))?.[0] ?? 'js'
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // The process ended meanwhile.
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
