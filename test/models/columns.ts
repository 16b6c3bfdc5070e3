// Columns from plain values, for tests.
import {
  ABSENT,
  NULL,
  PRESENT,
  type BooleanColumn,
  type NumberColumn,
  type TextColumn,
  type VectorColumn,
} from '../../src/contracts/columns.ts'

type Maybe<T> = T | undefined | null

function marksOf(values: readonly unknown[]): Uint8Array | undefined {
  if (!values.some((value) => value === undefined || value === null)) return undefined
  return Uint8Array.from(values, (value) =>
    value === undefined ? ABSENT : value === null ? NULL : PRESENT,
  )
}

export function numbers(values: readonly Maybe<number>[]): NumberColumn {
  return {
    kind: 'number',
    values: Float64Array.from(values, (value) => value ?? 0),
    marks: marksOf(values),
  }
}

export function booleans(values: readonly Maybe<boolean>[]): BooleanColumn {
  return {
    kind: 'boolean',
    values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)),
    marks: marksOf(values),
  }
}

export function texts(values: readonly Maybe<string>[]): TextColumn {
  const pieces = values.map((value) => Buffer.from(value ?? ''))
  const ends = new Uint32Array(values.length + 1)
  pieces.forEach((piece, i) => (ends[i + 1] = ends[i] + piece.length))
  return { kind: 'string', bytes: Buffer.concat(pieces), ends, marks: marksOf(values) }
}

export function vectors(values: readonly Maybe<readonly number[]>[]): VectorColumn {
  const ends = new Uint32Array(values.length + 1)
  values.forEach((value, i) => (ends[i + 1] = ends[i] + (value?.length ?? 0)))
  return {
    kind: 'vector',
    values: Float64Array.from(values.flatMap((value) => value ?? [])),
    ends,
    marks: marksOf(values),
  }
}

/** The rows `order` of a number column, in that order. */
export function pick(column: NumberColumn, order: readonly number[]): NumberColumn {
  return {
    kind: 'number',
    values: Float64Array.from(order, (row) => column.values[row]),
    marks:
      column.marks === undefined
        ? undefined
        : Uint8Array.from(order, (row) => (column.marks as Uint8Array)[row]),
  }
}
