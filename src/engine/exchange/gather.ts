// Columns of rows that lie in several blocks, side by side again.
import type { Column, TextColumn } from '../../contracts/columns.ts'
import type { Taken } from './merge.ts'

/** Column `index` of the rows taken, in their order. One block in one piece is a view without a copy. */
export function gather(taken: Taken, index: number): Column {
  const { blocks, rows, count } = taken
  if (blocks.length === 1 && rows[count - 1] - rows[0] === count - 1) {
    return rows[0] === 0 ? blocks[0].column(index) : sliced(blocks[0].column(index), rows[0], count)
  }
  return assembled(
    blocks.map((block) => block.column(index)),
    taken,
  )
}

/** These rows of a column, in this order. */
export function picked(column: Column, rows: Int32Array): Column {
  const count = rows.length
  return assembled([column], { blockOf: new Int32Array(count), rows, count })
}

/** Which rows of which columns. */
type Places = Pick<Taken, 'blockOf' | 'rows' | 'count'>

function assembled(columns: readonly Column[], taken: Places): Column {
  const marks = columns.some((column) => column.marks !== undefined)
    ? gatherMarks(columns, taken)
    : undefined
  const first = columns[0]
  switch (first.kind) {
    case 'number':
      return { kind: first.kind, values: gatherNumbers(columns, taken), marks }
    case 'boolean':
      return { kind: first.kind, values: gatherBooleans(columns, taken), marks }
    case 'vector':
      return { ...gatherVectors(columns, taken), marks }
    default:
      return { ...gatherText(columns, taken, first.kind), marks }
  }
}

function sliced(column: Column, from: number, count: number): Column {
  const marks = column.marks?.subarray(from, from + count)
  switch (column.kind) {
    case 'number':
      return { kind: column.kind, values: column.values.subarray(from, from + count), marks }
    case 'boolean':
      return { kind: column.kind, values: column.values.subarray(from, from + count), marks }
    case 'vector':
      return {
        kind: column.kind,
        values: column.values,
        ends: column.ends.subarray(from, from + count + 1),
        marks,
      }
    default:
      return {
        kind: column.kind,
        bytes: column.bytes,
        ends: column.ends.subarray(from, from + count + 1),
        marks,
      }
  }
}

function gatherNumbers(columns: readonly Column[], { blockOf, rows, count }: Places): Float64Array {
  const values = columns.map((column) =>
    column.kind === 'number' ? column.values : new Float64Array(0),
  )
  const out = new Float64Array(count)
  for (let i = 0; i < count; i++) out[i] = values[blockOf[i]][rows[i]]
  return out
}

function gatherBooleans(columns: readonly Column[], { blockOf, rows, count }: Places): Uint8Array {
  const values = columns.map((column) =>
    column.kind === 'boolean' ? column.values : new Uint8Array(0),
  )
  const out = new Uint8Array(count)
  for (let i = 0; i < count; i++) out[i] = values[blockOf[i]][rows[i]]
  return out
}

function gatherMarks(columns: readonly Column[], { blockOf, rows, count }: Places): Uint8Array {
  const marks = columns.map((column) => column.marks)
  const out = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const from = marks[blockOf[i]]
    if (from !== undefined) out[i] = from[rows[i]]
  }
  return out
}

/** Where each row's piece ends, side by side. */
function endsOf(allEnds: readonly Uint32Array[], { blockOf, rows, count }: Places): Uint32Array {
  const ends = new Uint32Array(count + 1)
  let at = 0
  for (let i = 0; i < count; i++) {
    const from = allEnds[blockOf[i]]
    const row = rows[i]
    at += from[row + 1] - from[row]
    ends[i + 1] = at
  }
  return ends
}

function gatherText(
  columns: readonly Column[],
  taken: Places,
  kind: 'string' | 'json',
): { kind: 'string' | 'json'; bytes: Uint8Array; ends: Uint32Array } {
  const texts = columns.filter(
    (column): column is TextColumn => column.kind === 'string' || column.kind === 'json',
  )
  const allBytes = texts.map((text) => text.bytes)
  const allEnds = texts.map((text) => text.ends)
  const ends = endsOf(allEnds, taken)
  const { blockOf, rows, count } = taken
  const bytes = new Uint8Array(ends[count])
  let to = 0
  for (let i = 0; i < count; i++) {
    const from = allBytes[blockOf[i]]
    const fromEnds = allEnds[blockOf[i]]
    const stop = fromEnds[rows[i] + 1]
    for (let b = fromEnds[rows[i]]; b < stop; b++) bytes[to++] = from[b]
  }
  return { kind, bytes, ends }
}

function gatherVectors(
  columns: readonly Column[],
  taken: Places,
): { kind: 'vector'; values: Float64Array; ends: Uint32Array } {
  const vectors = columns.filter((column) => column.kind === 'vector')
  const ends = endsOf(
    vectors.map((vector) => vector.ends),
    taken,
  )
  const values = new Float64Array(ends[taken.count])
  for (let i = 0; i < taken.count; i++) {
    const vector = vectors[taken.blockOf[i]]
    const row = taken.rows[i]
    values.set(vector.values.subarray(vector.ends[row], vector.ends[row + 1]), ends[i])
  }
  return { kind: 'vector', values, ends }
}
