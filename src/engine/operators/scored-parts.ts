// A batch that is scored in several calls: its columns cut into parts, and what the calls gave put together again.
import { PRESENT, type Column } from '../../contracts/columns.ts'
import type { Scored } from '../../contracts/runtime.ts'

/** Rows [from, to) of a column, over the same bytes. */
export function columnPart(column: Column, from: number, to: number): Column {
  const marks = column.marks?.subarray(from, to)
  switch (column.kind) {
    case 'number':
      return { kind: column.kind, values: column.values.subarray(from, to), marks }
    case 'boolean':
      return { kind: column.kind, values: column.values.subarray(from, to), marks }
    case 'vector':
      return {
        kind: column.kind,
        values: column.values,
        ends: column.ends.subarray(from, to + 1),
        marks,
      }
    case 'string':
    case 'json':
      return {
        kind: column.kind,
        bytes: column.bytes,
        ends: column.ends.subarray(from, to + 1),
        marks,
      }
  }
}

/** One result of parts that follow each other; `outputs` says how many columns each has. */
export function joinScored(parts: readonly Scored[], outputs: number): Scored {
  if (parts.length === 1) return parts[0]
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const outcome = new Uint8Array(rows)
  const reasons = new Map<number, string>()
  let at = 0
  for (const part of parts) {
    outcome.set(part.outcome.subarray(0, part.rows), at)
    for (const [row, reason] of part.reasons) reasons.set(at + row, reason)
    at += part.rows
  }
  const columns = Array.from({ length: outputs }, (_, i) =>
    joinColumns(
      parts.map((part) => ({ column: part.outputs[i], rows: part.rows })),
      rows,
    ),
  )
  return { rows, outputs: columns, outcome, reasons }
}

interface Part {
  readonly column: Column
  readonly rows: number
}

function joinColumns(parts: readonly Part[], rows: number): Column {
  const { kind } = parts[0].column
  const marks = joinMarks(parts, rows)
  switch (kind) {
    case 'number':
      return { kind, values: joinValues(parts, new Float64Array(rows)), marks }
    case 'boolean':
      return { kind, values: joinValues(parts, new Uint8Array(rows)), marks }
    case 'vector': {
      const ends = joinEnds(parts, rows)
      return { kind, values: joinPools(parts, new Float64Array(ends[rows])), ends, marks }
    }
    case 'string':
    case 'json': {
      const ends = joinEnds(parts, rows)
      return { kind, bytes: joinPools(parts, new Uint8Array(ends[rows])), ends, marks }
    }
  }
}

function joinMarks(parts: readonly Part[], rows: number): Uint8Array | undefined {
  if (parts.every(({ column }) => column.marks === undefined)) return undefined
  const marks = new Uint8Array(rows).fill(PRESENT)
  let at = 0
  for (const { column, rows: own } of parts) {
    if (column.marks !== undefined) marks.set(column.marks.subarray(0, own), at)
    at += own
  }
  return marks
}

function joinValues<Values extends Float64Array | Uint8Array>(
  parts: readonly Part[],
  into: Values,
): Values {
  let at = 0
  for (const { column, rows } of parts) {
    if (column.kind === 'number' || column.kind === 'boolean')
      into.set(column.values.subarray(0, rows), at)
    at += rows
  }
  return into
}

function joinEnds(parts: readonly Part[], rows: number): Uint32Array {
  const ends = new Uint32Array(rows + 1)
  let row = 0
  for (const { column, rows: own } of parts) {
    if (!('ends' in column)) continue
    const shift = ends[row] - column.ends[0]
    for (let i = 1; i <= own; i++) ends[row + i] = column.ends[i] + shift
    row += own
  }
  return ends
}

function joinPools<Pool extends Float64Array | Uint8Array>(
  parts: readonly Part[],
  into: Pool,
): Pool {
  let at = 0
  for (const { column, rows } of parts) {
    if (!('ends' in column)) continue
    const pool = column.kind === 'vector' ? column.values : column.bytes
    const part = pool.subarray(column.ends[0], column.ends[rows])
    into.set(part, at)
    at += part.length
  }
  return into
}
