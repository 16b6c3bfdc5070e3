// Whose a sample of V8's profiler is: that of the first part that one of its frames names, from the innermost outwards.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What `--cpu-prof` writes, of one thread. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: Frame
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Lines and columns count from 0. */
export interface Frame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
  readonly columnNumber: number
}

/** The part that a frame names; undefined: whoever called it has it. */
export type PartOf = (frame: Frame) => string | undefined

/** Of samples in which the thread waited. */
const IDLE = 'idle'
const PSEUDO: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(idle)', IDLE],
  ['(program)', 'system calls and event loop'],
])

/** Microseconds by part, of all profiles in a folder, without those in which a thread waited; `rest` has what no frame names. */
export function microsByPart(
  folder: string,
  of: { readonly partOf: PartOf; readonly rest: string },
): ReadonlyMap<string, number> {
  const spent = new Map<string, number>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile: Profile = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    attribute(profile, of, spent)
  }
  spent.delete(IDLE)
  return spent
}

function attribute(
  { nodes, samples, timeDeltas }: Profile,
  { partOf, rest }: { readonly partOf: PartOf; readonly rest: string },
  spent: Map<string, number>,
): void {
  const parts = new Map<number, string | undefined>()
  // Parents come before their children.
  for (const { id, callFrame, children = [] } of nodes) {
    const part = PSEUDO.get(callFrame.functionName) ?? partOf(callFrame) ?? parts.get(id)
    parts.set(id, part)
    for (const child of children) parts.set(child, part)
  }
  samples.forEach((id, i) => {
    const part = parts.get(id) ?? rest
    spent.set(part, (spent.get(part) ?? 0) + timeDeltas[i])
  })
}
