// Which member of a group runs which tasks: as many as its workers' share, stage by stage, and where it can be those it has, else those that it
// holds copies of. A task goes
// to another only when its owner has given it back (KIP-429), so a move takes two rounds. Pure, and the same for whoever leads.
import type { TaskOfGroup } from '../../contracts/membership.ts'
import type { AssignMember } from './assign-member.ts'
import { assignCopies } from './assign-copies.ts'

export interface Assigned {
  readonly tasks: readonly string[]
  /** Ids of tasks to keep copies of. */
  readonly copies: readonly string[]
}

/**
 * @param standbys copies of each task with a state.
 * @returns the tasks of each member, by its id; a task that is still to be given back is at none.
 */
export function assignTasks(
  tasks: readonly TaskOfGroup[],
  members: readonly AssignMember[],
  standbys: number,
): Map<string, Assigned> {
  const owners = ownersOf(members)
  const given = new Map(members.map(({ id }): [string, string[]] => [id, []]))
  const runsAt = new Map(owners)
  for (const [id, wanted] of wantedTasks(tasks, members, owners)) {
    for (const task of wanted) {
      const owner = owners.get(task)
      if (owner !== undefined && owner !== id) continue
      given.get(id)?.push(task)
      runsAt.set(task, id)
    }
  }
  const copies = assignCopies(tasks, members, { runsAt, each: standbys })
  return new Map([...given].map(([id, own]) => [id, { tasks: own, copies: copies.get(id) ?? [] }]))
}

/** Of two that say they run a task the later in the order of ids does: who was away has been told nothing yet. */
function ownersOf(members: readonly AssignMember[]): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { id, owned } of sorted(members)) for (const task of owned) owners.set(task, id)
  return owners
}

function holdersOf(members: readonly AssignMember[]): Map<string, string[]> {
  const holders = new Map<string, string[]>()
  for (const { id, copies } of members)
    for (const task of copies) holders.set(task, [...(holders.get(task) ?? []), id])
  return holders
}

function sorted(members: readonly AssignMember[]): AssignMember[] {
  return members.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** Where each task is to be in the end, whoever has it now. */
function wantedTasks(
  tasks: readonly TaskOfGroup[],
  members: readonly AssignMember[],
  owners: ReadonlyMap<string, string>,
): Map<string, string[]> {
  const all = sorted(members)
  const workers = all.reduce((sum, each) => sum + each.workers, 0)
  const wanted = new Map(all.map(({ id }): [string, string[]] => [id, []]))
  const holders = holdersOf(all)
  let due = 0
  for (const stage of Map.groupBy(tasks, (task) => task.stage).values()) {
    due += stage.length
    const has = (id: string): number => stage.filter((task) => owners.get(task.id) === id).length
    const quotas = new Map(
      all.map((each) => [each.id, Math.floor((stage.length * each.workers) / workers)]),
    )
    /** How far a member is behind its share of all stages up to this one. */
    const behind = ({ id, workers: own }: AssignMember): number =>
      (due * own) / workers - (wanted.get(id)?.length ?? 0) - (quotas.get(id) ?? 0)
    let over = stage.length - [...quotas.values()].reduce((sum, quota) => sum + quota, 0)
    // Of equal ones first those that have a task more already, so that it stays there. By how many more must not count: that changes
    // while tasks are given back, and who gets one more must not.
    const order = all
      .map((each) => ({
        id: each.id,
        behind: behind(each),
        keeps: has(each.id) > (quotas.get(each.id) ?? 0),
      }))
      .toSorted(
        (a, b) =>
          compare(b.behind, a.behind) ||
          Number(b.keeps) - Number(a.keeps) ||
          (a.id < b.id ? -1 : 1),
      )
    for (const { id } of order) {
      if (over-- <= 0) break
      quotas.set(id, (quotas.get(id) ?? 0) + 1)
    }
    fill(stage, { quotas, owners, wanted, holders })
  }
  return wanted
}

/** Shares are sums of fractions: what differs by less than rounding is equal. */
function compare(a: number, b: number): number {
  return Math.abs(a - b) < 1e-9 ? 0 : a - b
}

function fill(
  stage: readonly TaskOfGroup[],
  of: {
    readonly quotas: Map<string, number>
    readonly owners: ReadonlyMap<string, string>
    readonly wanted: ReadonlyMap<string, string[]>
    /** Those that hold a copy of a task. */
    readonly holders: ReadonlyMap<string, readonly string[]>
  },
): void {
  const { quotas, owners, wanted, holders } = of
  const take = (id: string, task: TaskOfGroup): boolean => {
    const room = quotas.get(id) ?? 0
    if (room === 0) return false
    quotas.set(id, room - 1)
    wanted.get(id)?.push(task.id)
    return true
  }
  const loose = stage.filter((task) => !take(owners.get(task.id) ?? '', task))
  const cold = loose.filter((task) => !holders.get(task.id)?.some((id) => take(id, task)))
  const ids = [...quotas.keys()]
  for (const task of cold) ids.some((id) => take(id, task))
}
