// Columns of numbers as operators make them, and of no rows.
import { ABSENT, type Column } from '../../contracts/columns.ts'
import type { Layout } from '../exchange/layout.ts'

export function numbers(values: Float64Array): Column {
  return { kind: 'number', values, marks: undefined }
}

export function numbersOf(column: Column): Float64Array {
  if (column.kind !== 'number') throw new RangeError('a place must be a number')
  return column.values
}

/** One value in every row. */
export function constant(value: number, count: number): Column {
  return numbers(new Float64Array(count).fill(value))
}

/** 0, 1, 2 ... */
export function counted(count: number): Column {
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) values[i] = i
  return numbers(values)
}

/** Columns of no rows. */
export function noRows({ fields }: Layout): Column[] {
  return fields.map(({ kind }) => {
    if (kind === 'number') return numbers(new Float64Array(0))
    if (kind === 'boolean') return { kind, values: new Uint8Array(0), marks: undefined }
    if (kind === 'vector')
      return { kind, values: new Float64Array(0), ends: new Uint32Array(1), marks: undefined }
    return { kind, bytes: new Uint8Array(0), ends: new Uint32Array(1), marks: undefined }
  })
}

/** Numbers and booleans as numbers; other kinds are missing. */
export function asNumbers(column: Column, rows: number): Column {
  const { kind, marks } = column
  if (kind === 'number') return column
  if (kind === 'boolean')
    return { kind: 'number', values: Float64Array.from(column.values.subarray(0, rows)), marks }
  const values = new Float64Array(rows)
  return { kind: 'number', values, marks: new Uint8Array(rows).fill(ABSENT) }
}
