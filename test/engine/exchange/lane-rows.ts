// Rows as lanes carry them, cut into blocks, and lanes that are fed block by block.
import fc from 'fast-check'
import type { Column } from '../../../src/contracts/columns.ts'
import type { Idle } from '../../../src/engine/exchange/block-format.ts'
import { BlockWriter } from '../../../src/engine/exchange/block-writer.ts'
import { Lane, type LanePosition } from '../../../src/engine/exchange/lane.ts'
import {
  layoutOf,
  type Layout,
  MERGE_TIME,
  SOURCE_OFFSET,
  SOURCE_PARTITION,
} from '../../../src/engine/exchange/layout.ts'
import type { Merged } from '../../../src/engine/exchange/merge.ts'
import { START } from '../../../src/engine/merge-task.ts'

export interface LaneRow {
  readonly key: string
  readonly mergeTime: number
  readonly partition: number
  readonly offset: number
}

export const layout: Layout = layoutOf([])

export function numbers(values: readonly number[]): Column {
  return { kind: 'number', values: Float64Array.from(values), marks: undefined }
}

export function texts(values: readonly string[]): Column {
  const parts = values.map((value) => Buffer.from(value))
  const ends = new Uint32Array(parts.length + 1)
  parts.forEach((part, i) => (ends[i + 1] = ends[i] + part.length))
  return { kind: 'string', bytes: new Uint8Array(Buffer.concat(parts)), ends, marks: undefined }
}

/** The columns every row carries. */
export function columnsOf(rows: readonly LaneRow[]): Column[] {
  const times = numbers(rows.map(({ mergeTime }) => mergeTime))
  return [
    times,
    times,
    numbers(rows.map(({ partition }) => partition)),
    numbers(rows.map(({ offset }) => offset)),
    texts(rows.map(({ key }) => key)),
  ]
}

/** A lane as it lies in the log: blocks of rows, each with the progress behind it. */
export interface LaneLog {
  readonly input: number
  readonly blocks: readonly Uint8Array[]
}

export interface Scenario {
  /** All rows, with the input they belong to, in the order they must be merged. */
  readonly sorted: readonly string[]
  readonly lanes: readonly LaneLog[]
}

export function lineOf(input: number, row: Omit<LaneRow, 'key'>): string {
  return `${row.mergeTime} ${input} ${row.partition}/${row.offset}`
}

function compare(a: LaneRow, b: LaneRow): number {
  return a.mergeTime - b.mergeTime || a.partition - b.partition || a.offset - b.offset
}

const INPUTS = 3
const LANES = 3

/** Rows of three inputs with many equal times, spread over lanes, cut into blocks, some of them empty. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    rows: fc.array(
      fc.record({
        mergeTime: fc.nat({ max: 12 }),
        input: fc.nat({ max: INPUTS - 1 }),
        partition: fc.nat({ max: 3 }),
        lane: fc.nat({ max: LANES - 1 }),
      }),
      { maxLength: 60 },
    ),
    cuts: fc.infiniteStream(fc.nat({ max: 4 })),
    slack: fc.infiniteStream(fc.nat({ max: 3 })),
  })
  .map(({ rows, cuts, slack }) => {
    const next = (from: Iterator<number>): number => Number(from.next().value)
    const all = rows.map((row, offset) => ({ ...row, offset, key: `k${offset % 5}` }))
    const lanes = Array.from({ length: INPUTS * LANES }, (_, i): LaneLog => {
      const input = Math.floor(i / LANES)
      const own = all.filter((row) => row.input === input && row.lane === i % LANES).sort(compare)
      const blocks: Uint8Array[] = []
      for (let from = 0; from < own.length;) {
        const count = next(cuts)
        const following = own[Math.min(from + count, own.length - 1)].mergeTime
        const progress = from + count >= own.length ? following : following - next(slack)
        blocks.push(blockOf(own.slice(from, from + count), progress))
        from += count
      }
      return { input, blocks: [...blocks, blockOf([], Infinity)] }
    })
    const sorted = all
      .sort((a, b) => a.mergeTime - b.mergeTime || a.input - b.input || compare(a, b))
      .map((row) => lineOf(row.input, row))
    return { sorted, lanes }
  })

export function blockOf(
  rows: readonly LaneRow[],
  progress: number,
  idle: Idle = false,
): Uint8Array {
  return new BlockWriter().encode(
    columnsOf(rows),
    { rows: undefined, from: 0, count: rows.length },
    { progress, idle, commit: 1, layout: layout.digest },
  )
}

export function laneOf(input: number, partition: number, from: LanePosition = START): Lane {
  return new Lane({ topic: `input-${input}`, partition, input }, layout, from)
}

/** The lines of what a merge took, in its order. */
export function linesOf(merged: Merged): string[] {
  const next = merged.inputs.map(() => 0)
  return Array.from(merged.order.subarray(0, merged.count), (input) => {
    const { blocks, blockOf: of, rows } = merged.inputs[input]
    const at = next[input]++
    const number = (index: number): number => {
      const column = blocks[of[at]].column(index)
      return column.kind === 'number' ? column.values[rows[at]] : NaN
    }
    return lineOf(input, {
      mergeTime: number(MERGE_TIME),
      partition: number(SOURCE_PARTITION),
      offset: number(SOURCE_OFFSET),
    })
  })
}
