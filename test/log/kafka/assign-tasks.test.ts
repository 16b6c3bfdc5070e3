// Who runs which tasks, over all groups and all that may happen to them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskOfGroup } from '../../../src/contracts/membership.ts'
import { assignTasks } from '../../../src/log/kafka/assign-tasks.ts'
import type { AssignMember } from '../../../src/log/kafka/assign-member.ts'

const tasksIn = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  .map((sizes) =>
    sizes.flatMap((size, stage) =>
      Array.from({ length: size }, (_, n): TaskOfGroup => ({
        id: `${stage}/${n}`,
        stage: `${stage}`,
        stateful: stage % 3 !== 2,
      })),
    ),
  )
const membersIn = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 3 }),
    workers: fc.integer({ min: 1, max: 4 }),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 5 },
)

/** Gives every task that is there to one of the members, or to nobody. */
function ownedBy(
  tasks: readonly TaskOfGroup[],
  members: readonly { readonly id: string; readonly workers: number }[],
  picks: readonly number[],
): AssignMember[] {
  return members.map(({ id, workers }, at) => ({
    id,
    workers,
    owned: tasks.flatMap((task, i) =>
      (picks[i % picks.length] ?? 0) % (members.length + 1) === at ? [task.id] : [],
    ),
    copies: tasks.flatMap((task, i) =>
      (picks[i % picks.length] ?? 0) % 7 === at ? [task.id] : [],
    ),
  }))
}

const cases = fc
  .tuple(tasksIn, membersIn, fc.array(fc.nat(30), { minLength: 1, maxLength: 45 }), fc.nat(3))
  .map(([tasks, members, picks, standbys]) => ({
    tasks,
    members: ownedBy(tasks, members, picks),
    standbys,
  }))

/** Rounds until nobody is to give anything back. */
function settle(
  tasks: readonly TaskOfGroup[],
  members: readonly AssignMember[],
  standbys = 0,
): { members: AssignMember[]; rounds: number } {
  let now = [...members]
  for (let rounds = 1; rounds <= 3; rounds++) {
    const given = assignTasks(tasks, now, standbys)
    const back = now.some(({ id, owned }) =>
      owned.some((task) => !given.get(id)?.tasks.includes(task)),
    )
    now = now.map((each) => {
      const { tasks: owned = [], copies = [] } = given.get(each.id) ?? {}
      return { ...each, owned, copies }
    })
    if (!back) return { members: now, rounds }
  }
  throw new Error('a group must settle in three rounds')
}

describe('tasks of a group', () => {
  it('are each at one member once all is given back, which takes two rounds at most', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members, standbys }) => {
        const settled = settle(tasks, members, standbys)
        expect(settled.rounds).toBeLessThanOrEqual(2)
        const all = settled.members.flatMap(({ owned }) => owned)
        expect(all.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted())
      }),
    )
  })

  it('never go to another member while one runs them', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members }) => {
        const given = assignTasks(tasks, members, 0)
        for (const { id, owned } of members)
          for (const task of owned)
            for (const other of members)
              if (other.id !== id) expect(given.get(other.id)?.tasks).not.toContain(task)
      }),
    )
  })

  it('are shared by the number of workers, in each stage to within one', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members }) => {
        const workers = members.reduce((sum, each) => sum + each.workers, 0)
        for (const { owned, workers: own } of settle(tasks, members).members) {
          for (const [stage, of] of Map.groupBy(tasks, (task) => task.stage)) {
            const has = owned.filter((task) => task.startsWith(`${stage}/`)).length
            expect(Math.abs(has - (of.length * own) / workers)).toBeLessThanOrEqual(1)
          }
        }
      }),
    )
  })

  it('differ by one at most between members with as many workers', () => {
    fc.assert(
      fc.property(tasksIn, fc.integer({ min: 1, max: 6 }), (tasks, count) => {
        const members = Array.from({ length: count }, (_, i) => ({
          id: `m${i}`,
          workers: 2,
          owned: [],
          copies: [],
        }))
        const sizes = settle(tasks, members).members.map(({ owned }) => owned.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('stay where they are while nobody comes or goes', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members, standbys }) => {
        const settled = settle(tasks, settle(tasks, members, standbys).members, standbys).members
        const given = assignTasks(tasks, settled, standbys)
        for (const { id, owned, copies } of settled) {
          expect(given.get(id)?.tasks.toSorted()).toEqual(owned.toSorted())
          expect(given.get(id)?.copies.toSorted()).toEqual(copies.toSorted())
        }
      }),
    )
  })

  it('move only as many as those that stay must take or give when one leaves', () => {
    fc.assert(
      fc.property(tasksIn, fc.integer({ min: 2, max: 5 }), (tasks, count) => {
        const members = Array.from({ length: count }, (_, i) => ({
          id: `m${i}`,
          workers: 1,
          owned: [],
          copies: [],
        }))
        const [, ...rest] = settle(tasks, members).members
        const after = settle(tasks, rest).members
        const moved = after.flatMap(({ id, owned }) => {
          const had = rest.find((each) => each.id === id)?.owned ?? []
          return had.filter((task) => !owned.includes(task))
        })
        const stages = new Set(tasks.map(({ stage }) => stage)).size
        // A rest of a stage may lie elsewhere by then; a whole share never does.
        expect(moved.length).toBeLessThanOrEqual(stages * rest.length)
      }),
    )
  })

  it('come out the same whatever the order of members is', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members, standbys }) => {
        expect(assignTasks(tasks, members.toReversed(), standbys)).toEqual(
          new Map(assignTasks(tasks, members, standbys)),
        )
      }),
    )
  })

  it('have as many copies as are wanted, and no member one of what it runs', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members, standbys }) => {
        const settled = settle(tasks, members, standbys).members
        for (const { id, stateful } of tasks) {
          const copies = settled.filter((each) => each.copies.includes(id))
          expect(copies).toHaveLength(stateful ? Math.min(standbys, members.length - 1) : 0)
          for (const { owned } of copies) expect(owned).not.toContain(id)
        }
        for (const { copies } of settled) expect(new Set(copies).size).toBe(copies.length)
      }),
    )
  })

  it('go to those that hold copies of them when a member dies, as many as these have room for', () => {
    fc.assert(
      fc.property(tasksIn, fc.integer({ min: 2, max: 5 }), (tasks, count) => {
        const stateful = tasks.map((task) => ({ ...task, stateful: true }))
        const members = Array.from({ length: count }, (_, i) => ({
          id: `m${i}`,
          workers: 1,
          owned: [],
          copies: [],
        }))
        const [dead, ...rest] = settle(stateful, settle(stateful, members, 1).members, 1).members
        const after = settle(stateful, rest, 1).members
        for (const task of dead.owned) {
          const at = after.find(({ owned }) => owned.includes(task))
          const holder = after.find(({ id }) =>
            rest.some((each) => each.id === id && each.copies.includes(task)),
          )
          if (at?.id === holder?.id) continue
          // Its holder has no room: it runs as many of the stage as any other.
          const stage = task.split('/')[0]
          const ofStage = (owned: readonly string[] = []): number =>
            owned.filter((each) => each.startsWith(`${stage}/`)).length
          const least = Math.min(...after.map(({ owned }) => ofStage(owned)))
          expect(ofStage(holder?.owned)).toBeGreaterThanOrEqual(least)
          expect(
            holder?.owned
              .filter((each) => each.startsWith(`${stage}/`))
              .every((each) =>
                rest.some(
                  ({ id, owned, copies }) =>
                    id === holder.id && (owned.includes(each) || copies.includes(each)),
                ),
              ),
          ).toBe(true)
        }
      }),
    )
  })
})
