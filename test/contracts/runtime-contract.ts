// What every runtime promises, whatever it runs. A new runtime is not merged without its call of
// this suite.
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NumberColumn } from '../../src/contracts/columns.ts'
import {
  FAILED,
  FELL_BACK,
  REFUSED,
  SCORED,
  type LoadedModel,
  type Runtime,
  type RuntimeSpec,
  type Scored,
} from '../../src/contracts/runtime.ts'
import { numbers, pick } from '../models/columns.ts'
import { featuresOf } from '../models/fixture.ts'

/**
 * A runtime with a model of the features amount, count, mean, age that gives `score`, a number, by
 * `expected`.
 */
export interface RuntimeUnderTest {
  readonly runtime: Runtime
  /** The model's bytes, as their digest is known. */
  readonly bytes: Uint8Array
  spec(options: Readonly<Record<string, unknown>>): RuntimeSpec
  /** Whether it scores every row: to a learner, what is missing or infinite is missing. Default false. */
  readonly scoresAll?: boolean
  /** The score of a row of those four. */
  expected(row: readonly number[]): number
}

const FEATURES = featuresOf('amount count mean age')
const ROWS = 300
const SECRET = 8_675_309

function sampleColumns(): NumberColumn[] {
  return FEATURES.map((_, f) =>
    numbers(Array.from({ length: ROWS }, (_none, row) => Math.sin(row * 7.3 + f) * 3 ** f)),
  )
}

function scores(scored: Scored): Float64Array {
  return (scored.outputs[0] as NumberColumn).values
}

export function runtimeContract(name: string, under: RuntimeUnderTest): void {
  describe(`runtime contract: ${name}`, () => {
    const columns = sampleColumns()
    let model: LoadedModel
    let whole: Scored

    beforeAll(async () => {
      model = await under.runtime.load(under.bytes, FEATURES, under.spec({}))
      whole = await model.score(columns, ROWS)
    })
    afterAll(() => model.close())

    it('is known by the SHA-256 of its bytes and says how it runs', () => {
      expect(model.digest).toBe(createHash('sha256').update(under.bytes).digest('hex'))
      expect(model.path).not.toBe('')
      expect(model.features).toEqual(['amount', 'count', 'mean', 'age'])
      expect(model.outputs).toEqual([{ name: 'score', kind: 'number' }])
    })

    it('scores every row by the model', () => {
      expect(whole.rows).toBe(ROWS)
      expect([...whole.outcome]).toEqual(new Array(ROWS).fill(SCORED))
      expect(whole.reasons.size).toBe(0)
      for (let row = 0; row < ROWS; row++) {
        expect(scores(whole)[row]).toBeCloseTo(
          under.expected(columns.map((column) => column.values[row])),
          5,
        )
      }
    })

    it('gives a row the same bits in any order, split and company', async () => {
      const order = fc.shuffledSubarray(
        Array.from({ length: ROWS }, (_, row) => row),
        { minLength: 1 },
      )
      await fc.assert(
        fc.asyncProperty(order, fc.integer({ min: 1, max: 130 }), async (rows, size) => {
          for (let from = 0; from < rows.length; from += size) {
            const part = rows.slice(from, from + size)
            const scored = await model.score(
              columns.map((column) => pick(column, part)),
              part.length,
            )
            part.forEach((row, i) =>
              expect(Object.is(scores(scored)[i], scores(whole)[row])).toBe(true),
            )
          }
        }),
        { numRuns: 25 },
      )
    })

    it('says what rows are for which it is not called: failed, or the fallback', async () => {
      const failed = model.without(3, 'it hangs')
      expect([...failed.outcome]).toEqual([FAILED, FAILED, FAILED])
      expect([...failed.reasons]).toEqual([0, 1, 2].map((row) => [row, 'it hangs']))
      expect(failed.outputs[0].marks?.every((mark) => mark !== 0)).toBe(true)
      expect(model.fallsBack).toBe(false)
      const spec = under.spec({ fallback: { score: 0.5 } })
      const other = await under.runtime.load(under.bytes, FEATURES, spec)
      const fellBack = other.without(2, 'it hangs')
      expect([...fellBack.outcome]).toEqual([FELL_BACK, FELL_BACK])
      expect([...scores(fellBack)]).toEqual([0.5, 0.5])
      expect(other.fallsBack).toBe(true)
      await other.close()
    })

    // One that scores whatever is missing has no such rows.
    const refusing = under.scoresAll === true ? [] : [name]
    it.each(refusing)(
      'keeps rows that cannot be scored away from the others and says why, without their values',
      async () => {
        const [amount, ...rest] = columns
        const values = Float64Array.from(amount.values, (value, row) =>
          row % 7 === 3 ? Number.NaN : value,
        )
        const secret = numbers(
          Array.from(rest[0].values, (value, row) => (row % 7 === 3 ? SECRET : value)),
        )
        const scored = await model.score(
          [{ kind: 'number', values, marks: undefined }, secret, rest[1], rest[2]],
          ROWS,
        )
        for (let row = 0; row < ROWS; row++) {
          if (row % 7 === 3) {
            expect([REFUSED, FAILED]).toContain(scored.outcome[row])
            expect(scored.outputs[0].marks?.[row]).not.toBe(0)
            expect(scored.reasons.get(row)).not.toContain(String(SECRET))
          } else {
            expect(scored.outcome[row]).toBe(SCORED)
            expect(Object.is(scores(scored)[row], scores(whole)[row])).toBe(true)
          }
        }
      },
    )

    it.each(refusing)('uses the stated fallback, and still says why', async () => {
      const cautious = await under.runtime.load(
        under.bytes,
        FEATURES,
        under.spec({ fallback: { score: 0.25 } }),
      )
      const [amount, ...rest] = columns.map((column) => pick(column, [0, 1]))
      amount.values[1] = Number.NaN
      const scored = await cautious.score([amount, ...rest], 2)
      expect([...scored.outcome]).toEqual([SCORED, FELL_BACK])
      expect([...scores(scored)]).toEqual([scores(whole)[0], 0.25])
      expect(scored.outputs[0].marks).toBeUndefined()
      expect(scored.reasons.get(1)).toBeTypeOf('string')
      await cautious.close()
    })

    it('refuses a fallback that does not fit its outputs', async () => {
      for (const fallback of [{ score: 'high' }, { other: 1 }, { score: 1, other: 1 }, 3]) {
        await expect(
          under.runtime.load(under.bytes, FEATURES, under.spec({ fallback })),
        ).rejects.toMatchObject({ code: 'ML_MODEL' })
      }
    })

    it('answers calls that overlap as if they came one after the other', async () => {
      const parts = [0, 1, 2, 3].map((i) => Array.from({ length: 75 }, (_, row) => i * 75 + row))
      const answers = await Promise.all(
        parts.map((part) =>
          model.score(
            columns.map((column) => pick(column, part)),
            part.length,
          ),
        ),
      )
      answers.forEach((scored, i) =>
        expect([...scores(scored)]).toEqual([...scores(whole).subarray(i * 75, i * 75 + 75)]),
      )
    })

    it('takes no rows, and columns longer than the rows', async () => {
      expect((await model.score(columns, 0)).rows).toBe(0)
      const scored = await model.score(columns, 5)
      expect(scores(scored)).toHaveLength(5)
      expect([...scores(scored)]).toEqual([...scores(whole).subarray(0, 5)])
    })

    it('does not change what it returned before', async () => {
      const before = await model.score(columns, 10)
      const copy = [...scores(before)]
      await model.score(
        columns.map((column) => pick(column, [9, 8, 7])),
        3,
      )
      expect([...scores(before)]).toEqual(copy)
    })

    it('closes twice without complaint', async () => {
      const another = await under.runtime.load(under.bytes, FEATURES, under.spec({}))
      await another.close()
      await another.close()
    })
  })
}
