// Who runs which tasks, over all groups and all that may happen to them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskOfGroup } from '../../../src/contracts/membership.ts'
import { assignTasks, type AssignMember } from '../../../src/log/kafka/assign-tasks.ts'

const tasksIn = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  .map((sizes) =>
    sizes.flatMap((size, stage) =>
      Array.from({ length: size }, (_, n): TaskOfGroup => ({
        id: `${stage}/${n}`,
        stage: `${stage}`,
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
  }))
}

const cases = fc
  .tuple(tasksIn, membersIn, fc.array(fc.nat(30), { minLength: 1, maxLength: 45 }))
  .map(([tasks, members, picks]) => ({ tasks, members: ownedBy(tasks, members, picks) }))

/** Rounds until nobody is to give anything back. */
function settle(
  tasks: readonly TaskOfGroup[],
  members: readonly AssignMember[],
): { members: AssignMember[]; rounds: number } {
  let now = [...members]
  for (let rounds = 1; rounds <= 3; rounds++) {
    const given = assignTasks(tasks, now)
    const back = now.some(({ id, owned }) => owned.some((task) => !given.get(id)?.includes(task)))
    now = now.map((each) => ({ ...each, owned: given.get(each.id) ?? [] }))
    if (!back) return { members: now, rounds }
  }
  throw new Error('a group must settle in three rounds')
}

describe('tasks of a group', () => {
  it('are each at one member once all is given back, which takes two rounds at most', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members }) => {
        const settled = settle(tasks, members)
        expect(settled.rounds).toBeLessThanOrEqual(2)
        const all = settled.members.flatMap(({ owned }) => owned)
        expect(all.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted())
      }),
    )
  })

  it('never go to another member while one runs them', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members }) => {
        const given = assignTasks(tasks, members)
        for (const { id, owned } of members)
          for (const task of owned)
            for (const other of members)
              if (other.id !== id) expect(given.get(other.id)).not.toContain(task)
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
        }))
        const sizes = settle(tasks, members).members.map(({ owned }) => owned.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('stay where they are while nobody comes or goes', () => {
    fc.assert(
      fc.property(cases, ({ tasks, members }) => {
        const settled = settle(tasks, members).members
        const given = assignTasks(tasks, settled)
        for (const { id, owned } of settled)
          expect(given.get(id)?.toSorted()).toEqual(owned.toSorted())
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
      fc.property(cases, ({ tasks, members }) => {
        expect(assignTasks(tasks, members.toReversed())).toEqual(
          new Map(assignTasks(tasks, members)),
        )
      }),
    )
  })
})
