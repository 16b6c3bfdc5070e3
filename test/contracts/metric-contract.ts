// What every metric must keep, in each of its ways: over all rows, over a window, fading, and by slice.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { Metric } from '../../src/contracts/metric.ts'
import { cumulative } from '../../src/learning/metrics/cumulative.ts'
import { fading } from '../../src/learning/metrics/fading.ts'
import type { MetricType } from '../../src/learning/metrics/metric-type.ts'
import { Sliced } from '../../src/learning/metrics/sliced.ts'
import { windowed } from '../../src/learning/metrics/windowed.ts'

interface Counted {
  readonly count: number
}

export interface MetricCase {
  readonly make: () => MetricType<Counted>
  /** One with other settings. */
  readonly other: () => MetricType<Counted>
}

interface Judged {
  readonly said: Float64Array
  readonly labels: Float64Array
}

/** Better in the second half, so that windows and fading differ from all rows. */
function judged({ task, outputs }: MetricType<unknown>, rows: number): Judged {
  const random = new Prng(8)
  const said = new Float64Array(rows * outputs)
  const labels = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const good = row > rows / 2 ? 0.8 : 0.3
    if (task === 'number') {
      labels[row] = 10 * random.next() - 2
      said[row] = labels[row] + (random.next() - 0.5) / good
      continue
    }
    labels[row] = random.below(outputs)
    // Every seventeenth row goes unanswered.
    if (row % 17 === 3) continue
    const at = row * outputs
    let sum = 0
    for (let i = 0; i < outputs; i++)
      sum += said[at + i] = random.next() + (i === labels[row] ? good : 0)
    for (let i = 0; i < outputs; i++) said[at + i] /= sum
  }
  return { said, labels }
}

function take(
  metric: Metric<unknown>,
  { said, labels }: Judged,
  from = 0,
  to = labels.length,
): void {
  for (let row = from; row < to; row++) metric.add(said, row * metric.outputs, labels[row])
}

/** Numbers of a report by path, that of `undefined` left out. */
function figures(
  report: unknown,
  path = '',
  into = new Map<string, number>(),
): Map<string, number> {
  if (typeof report === 'number') into.set(path, report)
  else if (typeof report === 'object' && report !== null) {
    for (const [name, value] of Object.entries(report)) figures(value, `${path}/${name}`, into)
  }
  return into
}

function expectClose(found: unknown, wanted: unknown): void {
  const [one, two] = [figures(found), figures(wanted)]
  expect([...one.keys()]).toEqual([...two.keys()])
  for (const [path, value] of one) {
    const other = two.get(path) ?? Number.NaN
    const near = Math.abs(value - other) < 1e-8 * (1 + Math.abs(other))
    expect({ path, near }).toEqual({ path, near: true })
  }
}

export function metricContract(name: string, { make, other }: MetricCase): void {
  const data = judged(make(), 900)
  const ways: readonly [string, (of: MetricType<Counted>) => Metric<Counted>][] = [
    ['over all rows', cumulative],
    ['over a window', (of) => windowed(of, { rows: 100 })],
    ['fading', (of) => fading(of, { factor: 0.9 })],
  ]

  describe.each(ways)(`the metric ${name} %s`, (_, way) => {
    it('counts nothing before the first row, and one row after it', () => {
      const metric = way(make())
      const before = metric.value()
      expect(before.count).toBe(0)
      expect([...figures(before)].every(([, value]) => Number.isFinite(value))).toBe(true)
      take(metric, data, 0, 1)
      expect(metric.value().count).toBeCloseTo(1, 12)
      expect([...figures(metric.value())].every(([, value]) => Number.isFinite(value))).toBe(true)
    })

    it.each([0, 1, 99, 101, 450, 899])('goes on as it was when restored after %i rows', (cut) => {
      const whole = way(make())
      take(whole, data)
      const first = way(make())
      take(first, data, 0, cut)
      const second = way(make())
      take(second, data, 0, 700)
      second.restore(first.encode())
      expect(second.encode()).toEqual(first.encode())
      expect(second.value()).toEqual(first.value())
      take(second, data, cut)
      expect(second.encode()).toEqual(whole.encode())
    })

    it('refuses labels and predictions that are none, and is not changed by them', () => {
      const metric = way(make())
      take(metric, data, 0, 150)
      const before = metric.encode()
      const { task, outputs } = metric
      const good = data.said.subarray(0, outputs)
      const badLabels =
        task === 'classes' ? [-1, outputs, 0.5, Number.NaN] : [Number.NaN, 1e101, Infinity]
      const badSaid = task === 'classes' ? [-0.1, 1.1, Number.NaN] : [Number.NaN, -Infinity, 1e101]
      const refused = expect.objectContaining({
        code: 'ML_EVENT',
        message: expect.stringContaining('found'),
      })
      for (const label of badLabels) expect(() => metric.add(good, 0, label)).toThrow(refused)
      for (const value of badSaid) {
        const said = good.slice()
        said[outputs - 1] = value
        expect(() => metric.add(said, 0, 0)).toThrow(refused)
      }
      expect(metric.encode()).toEqual(before)
    })

    it('refuses bytes that are cut or of other settings, and keeps its own', () => {
      const metric = way(make())
      take(metric, data, 0, 150)
      const bytes = metric.encode()
      const broken = [
        new Uint8Array(0),
        bytes.subarray(0, bytes.length - 1),
        Uint8Array.from([...bytes, 0]),
        way(other()).encode(),
      ]
      for (const each of broken) {
        expect(() => metric.restore(each)).toThrow(expect.objectContaining({ code: 'ML_STATE' }))
      }
      expect(metric.encode()).toEqual(bytes)
      expect(metric.memoryBytes).toBeLessThanOrEqual(bytes.length)
      expect(metric.memoryBytes).toBeGreaterThan(bytes.length - 300)
    })
  })

  describe(`the metric ${name}`, () => {
    it('over a window says to the bit what it says over the rows of the window', () => {
      const window = windowed(make(), { rows: 100 })
      for (const end of [50, 100, 101, 555, 900]) {
        const fresh = windowed(make(), { rows: 100 })
        take(fresh, data, 0, end)
        const start = Math.max(0, end - 100)
        // One row more, before, for the label before the first of the window.
        const alone = windowed(make(), { rows: Math.max(1, end - start) })
        take(alone, data, Math.max(0, start - 1), end)
        expect(fresh.value()).toEqual(alone.value())
      }
      take(window, data)
      const all = cumulative(make())
      take(all, data)
      expect(window.value()).not.toEqual(all.value())
    })

    it('fading says what the sums with fading weights say', () => {
      const factor = 0.97
      const metric = fading(make(), { factor })
      take(metric, data)
      // Naively: every row with its weight, and nothing brought down.
      const type = make()
      const sums = type.over({ f64: new Float64Array(type.doubles), touch: () => {} })
      data.labels.forEach((label, row) => {
        const previous = row === 0 ? -1 : data.labels[row - 1]
        sums.add(data.said, row * type.outputs, label, previous, factor ** (899 - row))
      })
      expectClose(metric.value(), sums.value(1))
      expect(metric.value().count).toBeCloseTo((1 - factor ** 900) / (1 - factor), 6)
    })

    it('by slice says of each what it says of its rows alone, and keeps those beyond the most together', () => {
      const sliced = new Sliced(() => cumulative(make()), { most: 2 })
      const alone = ['a', 'b', 'others'].map(() => cumulative(make()))
      for (let row = 0; row < 900; row++) {
        const slice = row % 4
        sliced.add('abcd'[slice], data.said, row * make().outputs, data.labels[row])
        take(alone[Math.min(2, slice)], data, row, row + 1)
      }
      expect(sliced.value()).toEqual([
        { slice: 'a', report: alone[0].value() },
        { slice: 'b', report: alone[1].value() },
      ])
      expect(sliced.others).toEqual(alone[2].value())
      expect(new Sliced(() => cumulative(make())).others).toBeUndefined()
    })
  })
}
