import { describe, expect, it } from 'vitest'
import { ABSENT, NULL, PRESENT, type Column } from '../../src/contracts/columns.ts'
import { encoded } from '../../src/features/categories.ts'
import { valueAt } from '../../src/schema/event-view.ts'

function texts(...values: readonly (string | null | undefined)[]): Column {
  const parts = values.map((value) => Buffer.from(value ?? ''))
  const ends = new Uint32Array(values.length + 1)
  parts.forEach((part, i) => (ends[i + 1] = ends[i] + part.length))
  const marks = Uint8Array.from(values, (value) =>
    value === undefined ? ABSENT : value === null ? NULL : PRESENT,
  )
  return { kind: 'string', bytes: Buffer.concat(parts), ends, marks }
}

function all(column: Column, rows: number): unknown[] {
  return Array.from({ length: rows }, (_, row) => valueAt(column, row))
}

describe('a category', () => {
  it('has a place of its own, and others and none share the last one', () => {
    const column = encoded(texts('DE', 'ça', 'D', '', undefined, null), 6, { oneHot: ['DE', 'ça'] })
    const others = [0, 0, 1]
    expect(all(column, 6)).toEqual([[1, 0, 0], [0, 1, 0], others, others, others, others])
  })

  it('may be a number or a boolean', () => {
    const numbers: Column = { kind: 'number', values: Float64Array.of(5411, 7), marks: undefined }
    expect(all(encoded(numbers, 2, { oneHot: [7, 5411] }), 2)).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ])
    const booleans: Column = { kind: 'boolean', values: Uint8Array.of(0, 1), marks: undefined }
    expect(all(encoded(booleans, 2, { oneHot: [true] }), 2)).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('has the bucket of its hash, which is part of the format, and none where it is none', () => {
    const buckets = all(
      encoded(texts('a', 'merchant-1', 'ça', undefined, null), 5, { buckets: 1000 }),
      5,
    )
    expect(buckets).toEqual(BUCKETS)
    const numbers: Column = {
      kind: 'number',
      values: Float64Array.of(0, -0, 5411),
      marks: undefined,
    }
    const [zero, minusZero, other] = all(encoded(numbers, 3, { buckets: 1000 }), 3)
    expect([minusZero, other === zero]).toEqual([zero, false])
  })

  it('spreads over its buckets', () => {
    const many = texts(...Array.from({ length: 6_400 }, (_, i) => `merchant-${i}`))
    const counts = new Int32Array(64)
    for (const bucket of all(encoded(many, 6_400, { buckets: 64 }), 6_400)) counts[Number(bucket)]++
    // 100 each on average, with a deviation of 10.
    expect(Math.min(...counts)).toBeGreaterThan(55)
    expect(Math.max(...counts)).toBeLessThan(150)
  })
})

/** By the reference implementation of MurmurHash2, with the seed 17, modulo 1000. */
const BUCKETS = [889, 175, 887, undefined, null]
