// What every learner must keep: the same rows give the same bits, however they were cut into batches and wherever it was restored;
// nothing that comes in makes it infinite; what it cannot learn it counts and leaves out; and the file it is exported to says the same.
import { exportOnnx } from '../../src/models/onnx/export-learner.ts'
import { compareExported, namesOf } from '../models/exported.ts'
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import { BAD_FEATURE, BAD_LABEL, LEARNT, type Learner } from '../../src/contracts/learner.ts'

export interface LearnerCase {
  /** For that many features. */
  readonly make: (features: number) => Learner
  /** One with other settings. */
  readonly other: (features: number) => Learner
  /** Rows the suite learns; fewer for slow ones. Default 1500. */
  readonly rows?: number
  /** Share of right answers it must reach on two clusters, or of the variance it must explain. Default 0.8. */
  readonly reaches?: number
  /** Whether it keeps a table of the square of the features, so that 10,000 of them are too many. Default false. */
  readonly quadratic?: boolean
  /** Whether it can be written as a graph. Default true. */
  readonly exports?: boolean
  /** The features it has where it cannot have others: it is made with that number alone. */
  readonly fixed?: number
}

export interface Sample {
  readonly columns: Float64Array[]
  readonly labels: Float64Array
  /** A second from one row to the next. */
  readonly times: Float64Array
  readonly rows: number
}

/** Clusters for classes, a line for numbers; the first feature says nothing, the second is constant. */
export function sample({ task, outputs, features }: Learner, rows: number, seed = 5): Sample {
  const random = new Prng(seed)
  const columns = Array.from({ length: features }, () => new Float64Array(rows))
  const labels = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const label = task === 'classes' ? random.below(outputs) : random.next() * 4 - 2
    labels[row] = task === 'classes' || task === 'number' ? label : Number.NaN
    columns.forEach((column, i) => {
      const noise = random.next() + random.next() - 1
      column[row] = i === 0 ? noise : i === 1 ? 0.5 : (i % 2 === 0 ? label : -label) + noise
    })
  }
  return { columns, labels, times: labels.map((_, row) => row * 1000), rows }
}

function learn(
  learner: Learner,
  { columns, labels, times }: Sample,
  from: number,
  to: number,
): void {
  expect(learner.learn({ columns, from, to, times }, labels)).toBe(0)
}

function predict(learner: Learner, { columns }: Sample, from: number, to: number): Float64Array {
  const out = new Float64Array((to - from) * learner.outputs)
  learner.predict({ columns, from, to }, out)
  return out
}

function expectSound(learner: Learner, out: Float64Array): void {
  expect(out.every((value) => Number.isFinite(value))).toBe(true)
  if (learner.task !== 'classes') return
  for (let at = 0; at < out.length; at += learner.outputs) {
    const sum = out.subarray(at, at + learner.outputs).reduce((a, b) => a + b, 0)
    if (sum !== 0) expect(Math.abs(sum - 1)).toBeLessThan(1e-9)
  }
}

/** Share of right answers, or of the variance that is explained. */
function reached(learner: Learner, data: Sample, from: number): number {
  const out = predict(learner, data, from, data.rows)
  const { outputs } = learner
  const labels = data.labels.subarray(from)
  if (learner.task === 'number') {
    const mean = labels.reduce((a, b) => a + b, 0) / labels.length
    const rest = labels.reduce((sum, label, i) => sum + (label - out[i]) ** 2, 0)
    return 1 - rest / labels.reduce((sum, label) => sum + (label - mean) ** 2, 0)
  }
  let right = 0
  labels.forEach((label, i) => {
    const votes = out.subarray(i * outputs, (i + 1) * outputs)
    if (votes.indexOf(Math.max(...votes)) === label) right++
  })
  return right / labels.length
}

export function learnerContract(name: string, of: LearnerCase): void {
  const { make, other, rows = 1500, reaches = 0.8, quadratic = false, exports = true, fixed } = of
  const features = fixed ?? 6
  const data = sample(make(features), rows)
  const unlabelled = ['none', 'clusters'].includes(make(features).task)

  describe(`the learner ${name}`, () => {
    it('learns', () => {
      if (unlabelled) return
      const learner = make(features)
      const half = Math.floor(rows / 2)
      learn(learner, data, 0, half)
      expect(reached(learner, data, half)).toBeGreaterThanOrEqual(reaches)
    })

    it('says the same and has the same bytes however the rows are cut into batches', () => {
      const whole = make(features)
      learn(whole, data, 0, rows)
      for (const size of [1, 7, 256]) {
        const cut = make(features)
        for (let from = 0; from < rows; from += size) {
          learn(cut, data, from, Math.min(rows, from + size))
        }
        expect(cut.encode()).toEqual(whole.encode())
      }
      const one = predict(whole, data, 0, 50)
      const each = Array.from({ length: 50 }, (_, i) => [...predict(whole, data, i, i + 1)]).flat()
      expect([...one]).toEqual(each)
    })

    it('is not changed by predicting', () => {
      const learner = make(features)
      learn(learner, data, 0, 300)
      const before = learner.encode()
      predict(learner, data, 0, rows)
      expect(learner.encode()).toEqual(before)
    })

    it.each([0, 1, 0.1, 0.5, 0.99])(
      'goes on as it was when restored after %d of the rows',
      (part) => {
        const cut = part === 1 ? 1 : Math.floor(part * rows)
        const whole = make(features)
        learn(whole, data, 0, rows)
        const first = make(features)
        learn(first, data, 0, cut)
        const second = make(features)
        learn(second, sample(second, 200, 9), 0, 200)
        second.restore(first.encode())
        expect(second.encode()).toEqual(first.encode())
        expect(predict(second, data, 0, 40)).toEqual(predict(first, data, 0, 40))
        learn(second, data, cut, rows)
        expect(second.encode()).toEqual(whole.encode())
      },
    )

    it('says something sound before the first row, after one, and of no rows', () => {
      const learner = make(features)
      expectSound(learner, predict(learner, data, 0, 20))
      learn(learner, data, 0, 0)
      expect(learner.encode()).toEqual(make(features).encode())
      learn(learner, data, 0, 1)
      expectSound(learner, predict(learner, data, 0, 20))
      expect(predict(learner, data, 3, 3)).toHaveLength(0)
    })

    it('leaves out, counts and marks labels and features it cannot learn, and is not changed by them', () => {
      const learner = make(features)
      learn(learner, data, 0, 100)
      const before = learner.encode()
      const labels =
        learner.task === 'classes'
          ? [Number.NaN, -1, learner.outputs, 0.5, Infinity]
          : [Number.NaN, Infinity, -Infinity, 1e101]
      const beyond = [Infinity, -Infinity, 1e101]
      const bad = sample(learner, labels.length + beyond.length)
      const outcome = new Uint8Array(bad.rows)
      if (!unlabelled) bad.labels.set(labels)
      beyond.forEach((value, i) => {
        bad.columns[features - 1][labels.length + i] = value
      })
      const from = unlabelled ? labels.length : 0
      const left = learner.learn({ ...bad, from, to: bad.rows }, bad.labels, outcome)
      expect(left).toBe(bad.rows - from)
      expect([...outcome.subarray(from)]).toEqual([
        ...(unlabelled ? [] : labels.map(() => BAD_LABEL)),
        ...beyond.map(() => BAD_FEATURE),
      ])
      expect(learner.encode()).toEqual(before)
      const marks = new Uint8Array(101).fill(9)
      learner.learn({ ...data, from: 100, to: 101 }, data.labels, marks)
      expect([marks[99], marks[100]]).toEqual([9, LEARNT])
    })

    it('stays finite whatever is missing, infinite, huge, tiny or constant', () => {
      const learner = make(features)
      const odd = sample(learner, 600)
      const random = new Prng(1)
      const values = [Number.NaN, 1e100, -1e100, 5e-324, 0, -0, 1e-200, 7]
      for (const column of odd.columns) {
        for (let row = 0; row < 600; row++)
          if (random.chance(0.3)) column[row] = random.pick(values)
      }
      if (learner.task === 'number') {
        for (let row = 0; row < 600; row += 7) odd.labels[row] = random.chance(0.5) ? 1e100 : -1e100
      }
      for (let row = 0; row < 600; row++) {
        expectSound(learner, predict(learner, odd, row, row + 1))
        learn(learner, odd, row, row + 1)
      }
      for (const column of odd.columns) {
        for (let row = 0; row < 600; row += 2)
          column[row] = random.pick([Infinity, -Infinity, 1e300, Number.NaN])
      }
      expectSound(learner, predict(learner, odd, 0, 600))
    })

    it('gives a class that it never saw little, and learns it when it comes', () => {
      const learner = make(features)
      const { outputs, task } = learner
      if (task !== 'classes') return
      const never = outputs - 1
      const seen = sample(learner, rows)
      seen.labels.forEach((label, row) => (seen.labels[row] = label % never))
      learn(learner, seen, 0, rows)
      const out = predict(learner, seen, 0, rows)
      expectSound(learner, out)
      const given = out.filter((_, i) => i % outputs === never)
      // Those of margins have little to go by.
      expect(given.reduce((sum, each) => sum + each, 0) / rows).toBeLessThan(0.75 / outputs)
      const outcome = new Uint8Array(50)
      const came = { ...sample(learner, 50, 11), from: 0, to: 50 }
      expect(learner.learn(came, new Float64Array(50).fill(never), outcome)).toBe(0)
      expect(outcome.every((each) => each === LEARNT)).toBe(true)
      expectSound(learner, predict(learner, seen, 0, 50))
    })

    it.each([
      [
        'of which one is never there',
        (column: Float64Array, i: number) => i === 2 && column.fill(NaN),
      ],
      ['of which none is ever there', (column: Float64Array) => column.fill(NaN)],
      ['that are all constant', (column: Float64Array, i: number) => column.fill(i)],
    ])('learns rows by features %s', (_, change) => {
      const learner = make(features)
      const odd = sample(learner, 200)
      odd.columns.forEach(change)
      const outcome = new Uint8Array(200)
      expect(learner.learn({ ...odd, from: 0, to: 200 }, odd.labels, outcome)).toBe(0)
      expect(outcome.every((each) => each === LEARNT)).toBe(true)
      expectSound(learner, predict(learner, odd, 0, 200))
      expectSound(learner, predict(learner, data, 0, 200))
    })

    it('is exported to a file that says the same of every row, whatever is missing, or says why it is not', async () => {
      const learner = make(features)
      if (!exports) {
        expect(() => exportOnnx(learner, { features: namesOf(learner) })).toThrow(
          expect.objectContaining({
            code: 'ML_MODEL',
            message: expect.stringContaining(learner.kind),
          }),
        )
        return
      }
      const odd = sample(learner, 100, 7).columns
      const random = new Prng(2)
      const values = [Number.NaN, Infinity, -Infinity, 1e150, -1e150, 5e-324, 0, -0, 1e99]
      for (const column of odd) {
        for (let row = 0; row < 50; row++) if (random.chance(0.3)) column[row] = random.pick(values)
      }
      for (const learnt of [0, 1, rows]) {
        learn(learner, data, 0, learnt)
        const { path, ...own } = await compareExported(learner, odd)
        expect(own).toMatchObject({ otherLabels: 0 })
        expect(own.apart).toBeLessThan(1e-9)
        if (!path.startsWith('tree kernel')) continue
        const theirs = await compareExported(learner, odd, { kernel: 'onnxruntime' })
        expect(theirs).toMatchObject({
          otherLabels: 0,
          path: expect.stringContaining('onnxruntime'),
        })
        expect(theirs.apart).toBeLessThan(1e-9)
      }
    })

    it('takes one feature, and many', () => {
      for (const many of quadratic ? [1, 200] : [1, 10_000]) {
        if (fixed !== undefined && fixed !== many) continue
        const learner = make(many)
        const few = sample(learner, 12)
        learn(learner, few, 0, 12)
        expectSound(learner, predict(learner, few, 0, 12))
        expect(learner.memoryBytes).toBeGreaterThan(0)
      }
    })

    it('says what is wrong with columns, labels or places of the wrong number', () => {
      const learner = make(features)
      const { columns, labels } = data
      const rowsOf = (to: number): { columns: Float64Array[]; from: number; to: number } => ({
        columns,
        from: 0,
        to,
      })
      const calls = [
        () => learner.learn({ columns: columns.slice(1), from: 0, to: 1 }, labels),
        () => learner.predict({ columns: columns.slice(1), from: 0, to: 1 }, new Float64Array(9)),
        () => learner.learn(rowsOf(rows + 1), labels),
        () => learner.learn(rowsOf(5), labels.subarray(0, 4)),
        () => learner.learn(rowsOf(5), labels, new Uint8Array(4)),
        () => learner.learn({ ...rowsOf(5), times: new Float64Array(4) }, labels),
        () => learner.predict(rowsOf(5), new Float64Array(5 * learner.outputs - 1)),
        () => learner.predict({ columns, from: 3, to: 2 }, new Float64Array(9)),
      ]
      for (const call of calls) {
        expect(call).toThrow(
          expect.objectContaining({ code: 'ML_USAGE', message: expect.stringContaining('found') }),
        )
      }
      expect(learner.encode()).toEqual(make(features).encode())
    })

    it('refuses bytes that are cut, of other settings, or of another learner, and keeps its own', () => {
      const learner = make(features)
      learn(learner, data, 0, 200)
      const bytes = learner.encode()
      const broken = [
        new Uint8Array(0),
        bytes.subarray(0, bytes.length - 1),
        bytes.subarray(0, Math.floor(bytes.length / 2)),
        Uint8Array.from([...bytes, 0]),
        other(features).encode(),
        ...(fixed === undefined ? [make(5).encode()] : []),
      ]
      for (const each of broken) {
        expect(() => learner.restore(each)).toThrow(expect.objectContaining({ code: 'ML_STATE' }))
      }
      expect(learner.encode()).toEqual(bytes)
    })

    it('refuses to be made for no feature', () => {
      for (const none of [0, -1, 1.5, Number.NaN]) {
        if (fixed === undefined)
          expect(() => make(none)).toThrow(expect.objectContaining({ code: 'ML_DEFINITION' }))
      }
    })
  })
}
