import { describe, expect, it } from 'vitest'
import type { Column } from '../../../src/contracts/columns.ts'
import { FELL_BACK, SCORED, type LoadedModel, type Scored } from '../../../src/contracts/runtime.ts'
import { thompson, linUcb } from '../../../src/learning/index.ts'
import { banditRuntime } from '../../../src/models/learner/bandit-runtime.ts'
import { valueAt } from '../../../src/schema/event-view.ts'
import { numbers } from '../columns.ts'
import { featuresOf } from '../fixture.ts'

const ACTIONS = ['none', 'mail', 'ruf an, ü']
const ROWS = 300
const columns: Column[] = [
  numbers(Array.from({ length: ROWS }, (_, row) => (row % 11 === 0 ? undefined : row % 5))),
  numbers(Array.from({ length: ROWS }, (_, row) => row % 2)),
]
const places = {
  partitions: Float64Array.from({ length: ROWS }, (_, row) => row % 3),
  offsets: Float64Array.from({ length: ROWS }, (_, row) => 1000 + row * 2),
}

async function loaded(options: object = {}): Promise<LoadedModel> {
  return banditRuntime().load(new Uint8Array(3), featuresOf('amount count'), {
    kind: 'bandit',
    path: undefined,
    options: { actions: ACTIONS, seed: 1, ...options },
    learner: thompson({ epsilon: 0.1 }),
  })
}

function part(from: number, to: number): Column[] {
  return columns.map((column) =>
    numbers(Array.from({ length: to - from }, (_, i) => Number(valueAt(column, from + i) ?? NaN))),
  )
}

function choices({ outputs, rows }: Scored): (readonly [unknown, unknown])[] {
  return Array.from({ length: rows }, (_, row) => [
    valueAt(outputs[0], row),
    valueAt(outputs[1], row),
  ])
}

describe('the runtime of a bandit', () => {
  it('chooses by the place of a row in its source, whichever rows it is scored with', async () => {
    const model = await loaded()
    const whole = choices(await model.score(columns, ROWS, places))
    expect(new Set(whole.map(([action]) => action))).toEqual(new Set(ACTIONS))
    const cut: unknown[] = []
    for (const [from, to] of [
      [0, 1],
      [1, 130],
      [130, ROWS],
    ]) {
      const own = {
        partitions: places.partitions.subarray(from, to),
        offsets: places.offsets.subarray(from, to),
      }
      cut.push(...choices(await model.score(part(from, to), to - from, own)))
    }
    expect(cut).toEqual(whole)
  })

  it('chooses otherwise with another seed, and the same with the same', async () => {
    const of = async (seed: number): Promise<unknown> =>
      choices(await (await loaded({ seed })).score(columns, ROWS, places))
    expect(await of(1)).toEqual(await of(1))
    expect(await of(2)).not.toEqual(await of(1))
  })

  it('chooses by what a snapshot has learnt, and is itself as it begins', async () => {
    const model = await loaded()
    const knows = thompson({ epsilon: 0.1 }).make({ features: 2, classes: 3 })
    const rows = { columns: [new Float64Array(50), new Float64Array(50)], from: 0, to: 50 }
    for (const arm of [0, 1, 2])
      knows.learn(
        { ...rows, arms: new Int32Array(50).fill(arm) },
        new Float64Array(50).fill(arm === 1 ? 5 : 0),
      )
    const after = model.learner?.at(knows.encode())
    const learnt = choices((await after?.score(columns, ROWS, places)) as Scored)
    const mails = learnt.filter(([action]) => action === 'mail')
    expect(mails.length / ROWS).toBeGreaterThan(0.85)
    expect(mails[0][1]).toBeCloseTo(0.9 + 0.1 / 3, 6)
    const fresh = choices(await model.score(columns, ROWS, places))
    expect(fresh.filter(([action]) => action === 'mail').length / ROWS).toBeLessThan(0.5)
  })

  it('chooses the fallback until there is a snapshot, with a propensity of 1', async () => {
    const model = await loaded({ fallback: { action: 'mail', propensity: 1 } })
    const scored = await model.score(columns, ROWS, places)
    expect(scored.outcome.every((outcome) => outcome === FELL_BACK)).toBe(true)
    expect(choices(scored)[7]).toEqual(['mail', 1])
    const after = model.learner?.at(
      thompson({ epsilon: 0.1 }).make({ features: 2, classes: 3 }).encode(),
    )
    expect((await after?.score(columns, ROWS, places))?.outcome[0]).toBe(SCORED)
  })

  it('is another learner with other actions, also in another order, and the same with another seed', async () => {
    const digest = async (options: object): Promise<string | undefined> =>
      (await loaded(options)).learner?.digest
    const own = await digest({})
    expect(await digest({ seed: 9 })).toBe(own)
    for (const actions of [
      ['mail', 'none', 'ruf an, ü'],
      ['none', 'mail', 'call'],
      ['none', 'mail'],
    ])
      expect(await digest({ actions })).not.toBe(own)
  })

  it('refuses rows without a place, features that are no numbers, and other snapshots', async () => {
    const model = await loaded()
    await expect(model.score(columns, ROWS)).rejects.toThrow(
      'a bandit chooses by the place of a row in its source; found rows without one',
    )
    const other = linUcb().make({ features: 2, classes: 3 })
    expect(() => model.learner?.at(other.encode())).toThrow(
      expect.objectContaining({ code: 'ML_STATE' }),
    )
    const text = banditRuntime().load(new Uint8Array(3), featuresOf('amount city:string'), {
      kind: 'bandit',
      path: undefined,
      options: { actions: ACTIONS },
      learner: thompson(),
    })
    await expect(text).rejects.toThrow("found 'city', a string")
  })
})
