// Windows of rows that are compared with a reference, whatever the batches.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { ABSENT, type Column } from '../../src/contracts/columns.ts'
import { placeOf } from '../../src/engine/operators/sample-place.ts'
import { WindowWatch, type WindowedDrift } from '../../src/engine/operators/window-watch.ts'
import { StateMemory } from '../../src/engine/state/memory.ts'
import { chiSquare, ks } from '../../src/learning/index.ts'
import type { WindowDriftPlan } from '../../src/pipeline/plan.ts'
import { referenceWindowDrifts } from '../../src/testing/oracle-window-drift.ts'
import { windowEvent } from '../../src/engine/operators/window-event.ts'
import { driftLine } from '../../src/testing/drift-line.ts'

const MINUTE = 60_000

interface Row {
  readonly time: number
  readonly values: readonly number[]
}

function planOf(options: Partial<WindowDriftPlan> = {}): WindowDriftPlan {
  const numbers = ['a', 'b'].map((feature) => ({
    of: 'feature' as const,
    feature,
    output: undefined,
  }))
  const test = ks({ leastRows: 10 })
  const others = { settings: '', windowMs: MINUTE, reference: 5 * MINUTE, rows: 200 }
  return { name: 'a+b/ks/60000', numbers, test, ...others, ...options }
}

/** A row each second; `a` is of the mean that is said for its minute, `b` of one mean throughout. */
function rowsOf(means: readonly number[], everyMs = 1000): Row[] {
  const random = new Prng(9)
  return means.flatMap((mean, minute) =>
    Array.from({ length: MINUTE / everyMs }, (_, i) => ({
      time: minute * MINUTE + i * everyMs,
      values: [mean + random.next(), random.next()],
    })),
  )
}

/** @param batch rows between two commits; after each the watch is made anew from all that was committed. */
function told(plan: WindowDriftPlan, rows: readonly Row[], batch = Infinity): WindowedDrift[] {
  const deltas: Uint8Array[] = []
  let memory = new StateMemory()
  let watch = new WindowWatch(memory, 'w', plan)
  const all: WindowedDrift[] = []
  rows.forEach(({ time, values }, i) => {
    all.push(...watch.take(time, values.map(columnOf), 0))
    if ((i + 1) % batch !== 0) return
    deltas.push(memory.takeDelta().slice())
    memory = new StateMemory()
    for (const delta of deltas) memory.apply(delta)
    watch = new WindowWatch(memory, 'w', plan)
  })
  return all
}

function columnOf(value: number): Column {
  const values = Float64Array.of(value)
  // What is missing has a mark, and any number.
  return Number.isNaN(value)
    ? { kind: 'number', values: Float64Array.of(7), marks: Uint8Array.of(ABSENT) }
    : { kind: 'number', values, marks: undefined }
}

const times = (drifts: readonly WindowedDrift[]): number[] =>
  drifts.map(({ window }) => window.times.from / MINUTE)

describe('windows of numbers under watch', () => {
  it('tell the number that changed, once, with what was compared', () => {
    const [first, ...others] = told(planOf(), rowsOf([0, 0, 0, 0, 0, 0, 3, 3, 3]))
    expect(others).toEqual([])
    expect(first).toMatchObject({
      number: 0,
      direction: 1,
      seen: 420,
      effect: 1,
      window: { rows: 60, times: { from: 6 * MINUTE, to: 7 * MINUTE } },
      reference: { rows: 300, times: { from: 0, to: 5 * MINUTE } },
    })
    expect(first.chance).toBeLessThan(1e-12)
    expect(first.reference.mean).toBeCloseTo(0.5, 1)
    expect(first.window.mean).toBeCloseTo(3.5, 1)
  })

  it('compare with the rows of a new reference after a drift', () => {
    const steps = rowsOf([0, 0, 0, 3, 3, 3, 3, 3, 3, 6, 6])
    const plan = planOf({ reference: 3 * MINUTE })
    const drifts = told(plan, steps)
    expect(times(drifts)).toEqual([3, 9])
    expect(drifts[1].reference).toMatchObject({ times: { from: 4 * MINUTE, to: 7 * MINUTE } })
  })

  it('compare each with the one before it that had rows, where that is asked for', () => {
    const plan = planOf({ reference: 'before' })
    const rows = rowsOf([0, 0, 3, 3, 3, 0, 0, 0]).filter(
      ({ time }) => time < 3 * MINUTE || time >= 5 * MINUTE,
    )
    const drifts = told(plan, rows)
    expect(times(drifts)).toEqual([2])
    const apart = told(plan, rowsOf([0, 0, 3, 3, 3, 0, 0, 0]))
    expect(times(apart)).toEqual([2, 5])
    expect(apart.map(({ direction }) => direction)).toEqual([1, -1])
  })

  it('compare with rows that are given, and tell again only after a window that had not drifted', () => {
    const random = new Prng(4)
    const given = [0, 0].map(() => Array.from({ length: 100 }, () => random.next()))
    const drifts = told(planOf({ reference: given }), rowsOf([3, 3, 0, 3, 3, 0]))
    expect(times(drifts)).toEqual([0, 3])
    expect(drifts[0].reference).toMatchObject({ rows: 100, times: undefined })
  })

  it('wait with the reference until the test has its least rows, and judge no window of fewer', () => {
    const plan = planOf({ test: ks({ leastRows: 30 }), reference: MINUTE })
    const few = rowsOf([0, 0, 0, 3, 3], 6000)
    expect(told(plan, few)).toEqual([])
    const then = [...few, ...rowsOf([0, 0, 0, 0, 0, 9, 9]).filter(({ time }) => time >= 5 * MINUTE)]
    const [first] = told(plan, then)
    expect(first.reference).toMatchObject({ rows: 30, times: { from: 0, to: 3 * MINUTE } })
  })

  it('have no direction of categories', () => {
    const plan = planOf({ test: chiSquare({ categories: true, leastRows: 10 }) })
    const coded = rowsOf([0, 0, 0, 0, 0, 4, 4]).map(({ time, values }) => ({
      time,
      values: values.map(Math.floor),
    }))
    expect(told(plan, coded)).toMatchObject([{ number: 0, direction: 0 }])
  })

  it.each([1, 7, 100])('tell the same when made anew from commits, each %i rows', (batch) => {
    const steps = rowsOf([0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 5, 5], 3000)
    for (const reference of [2 * MINUTE, 'before'] as const) {
      const plan = planOf({ reference, rows: 12 })
      const once = told(plan, steps)
      expect(once.length).toBeGreaterThan(1)
      expect(told(plan, steps, batch)).toEqual(once)
    }
  })

  it('tell what comparing lists of all rows tells, with rows that are missing, late or many', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Prng(seed)
      let time = random.below(5) * MINUTE - 2 * MINUTE
      let mean = 0
      const rows = Array.from({ length: 400 }, (): Row => {
        time += random.chance(0.02) ? random.below(4) * MINUTE : random.below(5000)
        if (random.chance(0.02)) mean = random.below(4)
        const missing = random.chance(0.1)
        return { time, values: [missing ? NaN : mean + random.next(), random.next()] }
      })
      const given = [0, 0].map(() => Array.from({ length: 50 }, () => random.next()))
      const plan = planOf({
        rows: random.pick([10, 25, 500]),
        test: ks({ leastRows: 10, falseDiscoveryRate: 0.3 }),
        reference: random.pick([3 * MINUTE, 90_000, 'before', given]),
      })
      const found = told(plan, rows, 33).map((drift) => {
        const of = { model: 'm', number: plan.numbers[drift.number], test: 'ks' }
        const event = windowEvent(drift, { ...of, version: undefined })
        return driftLine('m', drift.window.times.to, event)
      })
      const all = rows.map((row, i) => ({ mergeTime: row.time, order: [i], values: row.values }))
      expect(found).toEqual(referenceWindowDrifts({ model: 'm' }, plan, all))
      expect(found.length, `seed ${seed}`).toBeGreaterThan(0)
    }
  })
})

describe('a sample of a window', () => {
  it('is of rows from all over it', () => {
    const [size, rows] = [100, 2000]
    const sample = new Int32Array(size)
    for (let row = 0; row < rows; row++) {
      const place = placeOf(row, size)
      if (place >= 0) sample[place] = row
    }
    expect(new Set(sample).size).toBe(size)
    // Four standard deviations of a share of a quarter.
    for (let quarter = 0; quarter < 4; quarter++) {
      const own = sample.filter((row) => Math.floor((4 * row) / rows) === quarter).length
      expect(Math.abs(own - size / 4)).toBeLessThan(4 * Math.sqrt((size * 3) / 16))
    }
  })

  it('takes a place with the chance that reservoir sampling wants, all places alike', () => {
    const size = 50
    const places = new Float64Array(size)
    let taken = 0
    for (let row = 1000; row < 201_000; row++) {
      const place = placeOf(row, size)
      if (place < 0) continue
      places[place]++
      taken++
    }
    // 50 times ln(201): within four standard deviations.
    const expected = size * Math.log(201)
    expect(Math.abs(taken - expected)).toBeLessThan(4 * Math.sqrt(expected))
    const statistic = places.reduce((sum, n) => sum + (n - taken / size) ** 2 / (taken / size), 0)
    expect(statistic).toBeLessThan(85.35) // 99.9 % of chi-square with 49 degrees of freedom.
  })
})
