// Which member of a group keeps copies of which tasks: never the one that runs the task, as many a task as are wanted, each where it is
// already where that can be, and by the members' workers. Pure, and the same for whoever leads.
import type { TaskOfGroup } from '../../contracts/membership.ts'
import type { AssignMember } from './assign-member.ts'

export interface CopiesOptions {
  /** The member that runs a task now, else the one that is to. */
  readonly runsAt: ReadonlyMap<string, string>
  /** Copies of each task that has a state; where there are fewer members, one less than these. */
  readonly each: number
}

/** @returns the tasks whose copies each member is to keep, by its id. */
export function assignCopies(
  tasks: readonly TaskOfGroup[],
  members: readonly AssignMember[],
  { runsAt, each }: CopiesOptions,
): Map<string, string[]> {
  const all = members.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const given = new Map(all.map(({ id }): [string, string[]] => [id, []]))
  const copies = Math.min(each, all.length - 1)
  if (copies <= 0) return given
  const stateful = tasks.filter((task) => task.stateful)
  for (const stage of Map.groupBy(stateful, (task) => task.stage).values()) {
    for (const [id, own] of ofStage(stage, { all, runsAt, copies })) given.get(id)?.push(...own)
  }
  return given
}

function ofStage(
  stage: readonly TaskOfGroup[],
  of: {
    readonly all: readonly AssignMember[]
    readonly runsAt: ReadonlyMap<string, string>
    readonly copies: number
  },
): Map<string, string[]> {
  const { all, runsAt, copies } = of
  const workers = all.reduce((sum, member) => sum + member.workers, 0)
  const own = new Map(all.map(({ id }): [string, string[]] => [id, []]))
  const left = new Map(stage.map(({ id }) => [id, copies]))
  const give = (member: AssignMember, task: string): void => {
    own.get(member.id)?.push(task)
    left.set(task, (left.get(task) ?? 0) - 1)
  }
  for (const member of all) {
    const room = Math.ceil((copies * stage.length * member.workers) / workers)
    const kept = stage.filter(
      ({ id }) => runsAt.get(id) !== member.id && member.copies.includes(id),
    )
    for (const { id } of kept.slice(0, room)) if ((left.get(id) ?? 0) > 0) give(member, id)
  }
  for (const { id } of stage) {
    // Behind the member that runs it, so that the copies of one member's tasks lie at all others.
    const at = all.findIndex((member) => member.id === runsAt.get(id))
    const order = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))]
    while ((left.get(id) ?? 0) > 0) {
      const free = order.filter((member) => !own.get(member.id)?.includes(id))
      const load = (member: AssignMember): number =>
        (own.get(member.id)?.length ?? 0) / member.workers
      give(
        free.reduce((least, member) => (load(member) < load(least) ? member : least)),
        id,
      )
    }
  }
  return own
}
