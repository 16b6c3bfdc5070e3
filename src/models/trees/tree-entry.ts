// What the kernel knows of one tree, beside its nodes: where it begins, how deep it is, and its first levels once more,
// in a form that vectors of rows take at once.
import { NODE, NUMBER_BYTES, type NodeTable } from './node-table.ts'
import { setNumber } from './set-number.ts'
import type { NumberType } from './wasm-code.ts'

/** Levels that vectors take: each of them doubles their work, but adds one step to that of each row alone. */
export const TOP_LEVELS = 3
const TOP_NODES = 2 ** TOP_LEVELS - 1
const WAYS = 2 ** TOP_LEVELS

/** Places in an entry, in bytes, and its size. */
export interface EntryFields {
  /** Address of the first node. */
  readonly root: number
  /** Steps to the deepest leaf, and those that are left behind the first levels. */
  readonly steps: number
  readonly left: number
  /** Where its sum is among those of a row, in bytes; zero where leaves have lists. */
  readonly target: number
  /** Of each node of the first levels, level by level: the place of its value in a tile, ... */
  readonly feature: number
  /** ... its threshold, ... */
  readonly threshold: number
  /** ... and bits that are all set where NaN is taken for greater. */
  readonly nan: number
  /** Addresses of the nodes behind them, in reverse order: the last one where no value was greater. */
  readonly ways: number
  readonly size: number
}

export function entryFields(precision: NumberType): EntryFields {
  const bytes = NUMBER_BYTES[precision]
  const threshold = 48 // behind 4 integers and 7 places, at a multiple of 16
  const nan = threshold + TOP_NODES * bytes
  const ways = nan + TOP_NODES * bytes
  return {
    root: 0,
    steps: 4,
    left: 8,
    target: 12,
    feature: 16,
    threshold,
    nan,
    ways,
    size: Math.ceil((ways + WAYS * 4) / 16) * 16,
  }
}

/** Writes the entry of a tree at an address; `placeBytes` is how far apart the values of a row are. */
export function writeEntry(
  view: DataView,
  at: number,
  { table, tree, placeBytes }: { table: NodeTable; tree: number; placeBytes: number },
): void {
  const { precision, nodes, roots, depths, targets } = table
  const fields = entryFields(precision)
  const bytes = NUMBER_BYTES[precision]
  const address = (place: number): number => place * NODE[precision]
  view.setInt32(at + fields.root, address(roots[tree]), true)
  view.setInt32(at + fields.steps, depths[tree], true)
  view.setInt32(at + fields.left, Math.max(0, depths[tree] - TOP_LEVELS), true)
  view.setInt32(at + fields.target, (targets?.[tree] ?? 0) * bytes, true)
  let level = [roots[tree]]
  for (let depth = 0, i = 0; depth < TOP_LEVELS; depth++) {
    for (const place of level) {
      const { feature, threshold, nanIsGreater } = nodes[place]
      view.setInt32(at + fields.feature + i * 4, feature * placeBytes, true)
      setNumber(view, at + fields.threshold + i * bytes, { precision, value: threshold })
      for (let word = 0; word < bytes; word += 4)
        view.setInt32(at + fields.nan + i * bytes + word, -nanIsGreater, true)
      i++
    }
    // A leaf leads to itself; nothing is greater than its threshold.
    level = level.flatMap((place) => {
      const { next, leaf } = nodes[place]
      return [next, leaf >= 0 || next === place ? next : next + 1]
    })
  }
  level.forEach((place, way) =>
    view.setInt32(at + fields.ways + (WAYS - 1 - way) * 4, address(place), true),
  )
}
