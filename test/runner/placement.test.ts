// Which worker runs which task, and when a task counts as given back.
import { describe, expect, it } from 'vitest'
import { Placement } from '../../src/runner/placement.ts'
import type { TaskPlan } from '../../src/engine/task-plan.ts'

interface Told {
  readonly worker: number
  readonly round: number
  readonly tasks: readonly number[]
  readonly copies: readonly number[]
}

/** Two stages with four tasks each: 0 to 3, and 4 to 7. */
function placed(): { placement: Placement; told: Told[] } {
  const told: Told[] = []
  const tasks = Array.from({ length: 8 }, (_, i) => taskOf(i < 4 ? 'first' : 'second', i % 4))
  const placement = new Placement({
    workers: 2,
    tasks,
    tell: (worker, { round, tasks: own, copies }) =>
      told.push({ worker, round, tasks: own, copies }),
    finish: (worker, round) => told.push({ worker, round, tasks: [], copies: [] }),
  })
  return { placement, told }
}

function taskOf(stage: string, number: number): Pick<TaskPlan, 'spec'> {
  return { spec: { pipeline: 'p', stage, number, plan: '' } }
}

describe('tasks of a supervisor', () => {
  it('are shared evenly by its workers, stage by stage', () => {
    const { placement } = placed()
    placement.assign([0, 1, 2, 3, 4, 5, 6, 7])
    expect([placement.of(0), placement.of(1)]).toEqual([
      [0, 2, 4, 6],
      [1, 3, 5, 7],
    ])
  })

  it('begin at the worker that keeps a copy of them, and the other copies stay where they are', () => {
    const { placement, told } = placed()
    placement.assign([0, 4], [1, 2, 3, 5])
    const [first, second] = [placement.copiesOf(0), placement.copiesOf(1)]
    expect([...first, ...second].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 5])
    expect(Math.abs(first.length - second.length)).toBeLessThanOrEqual(1)
    const holder = second.includes(2) ? 1 : 0
    placement.assign([0, 2, 4], [1, 3, 5])
    expect(placement.workerOf(2)).toBe(holder)
    expect(placement.copiesOf(0)).toEqual(first.filter((task) => task !== 2))
    expect(placement.copiesOf(1)).toEqual(second.filter((task) => task !== 2))
    expect(told.at(-1)?.copies).toEqual(placement.copiesOf(1))
  })

  it('stay at their worker when others come and go', () => {
    const { placement } = placed()
    placement.assign([0, 1, 2, 3])
    placement.assign([1, 3, 4])
    expect([placement.of(0), placement.of(1)]).toEqual([[4], [1, 3]])
  })

  it('are given back when every worker has said that they have ended, or has begun anew', async () => {
    const { placement, told } = placed()
    placement.assign([0, 1])
    let given = false
    const release = (async () => {
      await placement.release([1])
      given = true
    })()
    const round = told.at(-1)?.round ?? 0
    placement.heardSettled(0, round)
    placement.heardSettled(1, round - 1)
    await Promise.resolve()
    expect(given).toBe(false)
    placement.lost(1)
    await release
    expect(placement.workerOf(1)).toBeUndefined()
  })

  it('are given back at once when all workers have ended', async () => {
    const { placement } = placed()
    placement.assign([0, 1])
    const release = placement.release([0])
    placement.close()
    await release
    await placement.release([1])
    expect(placement.of(1)).toEqual([])
  })

  it('are all given back when each worker has said so, or is gone', async () => {
    const { placement, told } = placed()
    placement.assign([0, 1, 4, 5])
    const finished = placement.finish()
    const { round } = told[told.length - 1]
    expect([0, 1].flatMap((worker) => placement.of(worker))).toEqual([])
    placement.heardSettled(0, round)
    const first = await Promise.race([finished.then(() => 'all'), Promise.resolve('not yet')])
    expect(first).toBe('not yet')
    placement.lost(1)
    await finished
  })
})
