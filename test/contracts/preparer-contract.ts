// What every preparation must keep: columns in, columns out, the same bits however the rows were cut and wherever it was restored, and
// the same values from the file it is exported to.
import { describe, expect, it } from 'vitest'
import { Prng } from '../../src/base/prng.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../src/contracts/graph-writer.ts'
import { VALUE_LIMIT, type Preparer } from '../../src/contracts/learner.ts'
import { filled } from '../../src/learning/export/columns.ts'
import { RowLearner } from '../../src/learning/learners/row-learner.ts'
import { pipe } from '../../src/learning/pipe.ts'
import { compareExported } from '../models/exported.ts'

export interface PreparerCase {
  readonly make: (features: number) => Preparer
  /** One with other settings. */
  readonly other: (features: number) => Preparer
  /** Whether it can be written as a graph. Default true. */
  readonly exports?: boolean
}

const ROWS = 400

/** Codes, numbers, a constant, and now and then nothing or something huge. */
function sample(features: number): { columns: Float64Array[]; labels: Float64Array } {
  const random = new Prng(3)
  const of = (i: number): number =>
    i % 3 === 0 ? random.below(40) : i % 3 === 1 ? random.next() * 10 - 5 : 2
  const odd = [Number.NaN, VALUE_LIMIT, -VALUE_LIMIT, 0, -0, 5e-324]
  return {
    columns: Array.from({ length: features }, (_column, i) =>
      new Float64Array(ROWS).map((_value, row) =>
        row > 100 && random.chance(0.1) ? random.pick(odd) : of(i),
      ),
    ),
    labels: Float64Array.from({ length: ROWS }, () => random.below(2)),
  }
}

type Sample = ReturnType<typeof sample>

function places(preparer: Preparer, rows: number): Float64Array[] {
  return Array.from({ length: preparer.outputs }, () => new Float64Array(rows).fill(-7))
}

function learn(
  preparer: Preparer,
  { columns, labels }: Sample,
  from: number,
  to: number,
): number[] {
  const out = places(preparer, to - from)
  preparer.learn({ columns, from, to }, labels, out)
  return Array.from({ length: to - from }, (_, row) => out.map((column) => column[row])).flat()
}

function transform(preparer: Preparer, { columns }: Sample, from: number, to: number): number[] {
  const out = places(preparer, to - from)
  preparer.transform({ columns, from, to }, out)
  return Array.from({ length: to - from }, (_, row) => out.map((column) => column[row])).flat()
}

const NOTHING = -12_345

/** Says the columns it is given. */
class Columns extends RowLearner {
  constructor(features: number) {
    super({
      kind: 'columns',
      task: 'number',
      version: 1,
      features,
      outputs: features,
      settings: {},
      missing: NOTHING,
    })
  }

  protected predictRow(out: Float64Array, at: number): void {
    out.set(this.x, at)
  }

  protected learnRow(): void {
    // There is nothing to learn.
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    return filled(graph, rows.value(), [NOTHING])
  }
}

export function preparerContract(
  name: string,
  { make, other, exports = true }: PreparerCase,
): void {
  const data = sample(6)

  describe(`the preparation ${name}`, () => {
    it('gives the same values and has the same bytes however the rows are cut into batches', () => {
      const whole = make(6)
      const wanted = learn(whole, data, 0, ROWS)
      for (const size of [1, 7, 64]) {
        const cut = make(6)
        const found: number[] = []
        for (let from = 0; from < ROWS; from += size) {
          found.push(...learn(cut, data, from, Math.min(ROWS, from + size)))
        }
        expect(found).toEqual(wanted)
        expect(cut.encode()).toEqual(whole.encode())
      }
    })

    it('gives missing values or values within the limit, all of its columns, and is not changed by it', () => {
      const preparer = make(6)
      const sound = (value: number): boolean =>
        Number.isNaN(value) || (value !== -7 && Math.abs(value) <= VALUE_LIMIT)
      expect(transform(preparer, data, 0, ROWS).every(sound)).toBe(true)
      expect(preparer.encode()).toEqual(make(6).encode())
      expect(learn(preparer, data, 0, ROWS).every(sound)).toBe(true)
      const before = preparer.encode()
      expect(transform(preparer, data, 0, ROWS).every(sound)).toBe(true)
      expect(preparer.encode()).toEqual(before)
      expect(preparer.memoryBytes).toBeGreaterThanOrEqual(0)
    })

    it.each([0, 1, 200, 399])('goes on as it was when restored after %d rows', (rows) => {
      const whole = make(6)
      const wanted = learn(whole, data, 0, ROWS)
      const first = make(6)
      learn(first, data, 0, rows)
      const second = make(6)
      learn(second, data, 300, 310)
      second.restore(first.encode())
      expect(second.encode()).toEqual(first.encode())
      expect(learn(second, data, rows, ROWS)).toEqual(wanted.slice(rows * whole.outputs))
      expect(second.encode()).toEqual(whole.encode())
    })

    it('is exported to a file that gives the same columns, whatever is missing, or says why it is not', async () => {
      const learner = pipe(make(6), new Columns(make(6).outputs))
      for (const learnt of [0, 1, 200, ROWS]) {
        learner.learn({ columns: data.columns, from: 0, to: learnt }, data.labels)
        const compared = compareExported(learner, data.columns)
        if (exports) expect((await compared).apart).toBeLessThan(1e-12)
        else await expect(compared).rejects.toMatchObject({ code: 'ML_MODEL' })
      }
    })

    it('refuses bytes that are cut, of other settings or of other features, and keeps its own', () => {
      const preparer = make(6)
      learn(preparer, data, 0, 200)
      const bytes = preparer.encode()
      const broken = [
        bytes.subarray(0, bytes.length - 1),
        Uint8Array.from([...bytes, 0]),
        other(6).encode(),
        make(5).encode(),
      ]
      for (const each of broken) {
        expect(() => preparer.restore(each)).toThrow(expect.objectContaining({ code: 'ML_STATE' }))
      }
      expect(preparer.encode()).toEqual(bytes)
    })

    it('refuses to be made for no feature', () => {
      for (const features of [0, -1, 1.5, Number.NaN]) {
        expect(() => make(features)).toThrow(expect.objectContaining({ code: 'ML_DEFINITION' }))
      }
    })
  })
}
