// Trees made full for one row: what lies below a node is counted, not looked up, and three levels lie in one line of the
// processor's cache. A line has seven nodes, level by level; below each of its eight ways lies another line. A leaf above the
// last level is followed by nodes that nothing is greater than.
import type { Ensemble } from './ensemble.ts'
import { NODE, NUMBER_BYTES, type NodeTable } from './node-table.ts'
import { setNumber } from './set-number.ts'

/** Levels of a line. The first line of a tree has fewer where its depth is no multiple. */
export const LINE_LEVELS = 3
const LINE_NODES = 2 ** LINE_LEVELS

/** Bytes of a node: its threshold, then the place of its feature's value in the row. */
export const FULL_NODE = { float32: 8, float64: 16 } as const

/** Behind the seven nodes of the first line: where the sum of the tree is among those of a row, in bytes. */
export const TARGET_NODE: number = LINE_NODES - 1

/** A deeper tree has a thousand leaves and more when it is full, and rarely half of them before. */
const DEEPEST = 9
/** So many times the bytes of the nodes as they are. */
const MOST = 4

export interface FullTrees {
  /** Levels by line, from the root on; their sum is the depth of all trees. */
  readonly levels: readonly number[]
  /** In bytes from the begin of a tree: where the lines of each begin, then the values of the leaves. */
  readonly lines: readonly number[]
  readonly leaves: number
  /** Bytes of a tree. */
  readonly size: number
}

/** @returns how full trees lie; undefined where leaves have lists, or trees are so deep or so thin that they are better left as they are. */
export function fullTrees({
  precision,
  depths,
  nodes,
  roots,
  targets,
}: NodeTable): FullTrees | undefined {
  const depth = Math.max(...depths)
  if (targets === undefined || depth === 0 || depth > DEEPEST) return undefined
  const lineBytes = LINE_NODES * FULL_NODE[precision]
  const levels: number[] = []
  const lines: number[] = []
  let end = 0
  for (let level = 0; level < depth; level += levels[levels.length - 1]) {
    lines.push(end)
    end += 2 ** level * lineBytes
    levels.push((depth - level) % LINE_LEVELS || LINE_LEVELS)
  }
  const leafBytes = 2 ** depth * NUMBER_BYTES[precision]
  const size = end + Math.ceil(leafBytes / lineBytes) * lineBytes
  if (size * roots.length > MOST * nodes.length * (NODE[precision] + NUMBER_BYTES[precision]))
    return undefined
  return { levels, lines, leaves: end, size }
}

interface Filling {
  readonly ensemble: Ensemble
  readonly table: NodeTable
  readonly full: FullTrees
  /** Address of the first tree. */
  readonly at: number
}

/** Writes all trees into the memory of the kernel. */
export function writeFullTrees(view: DataView, filling: Filling): void {
  const { table, full, at } = filling
  const target = TARGET_NODE * FULL_NODE[table.precision]
  table.roots.forEach((root, tree) => {
    const begin = at + tree * full.size
    view.setInt32(
      begin + target,
      (table.targets?.[tree] ?? 0) * NUMBER_BYTES[table.precision],
      true,
    )
    writeLine(view, { ...filling, at: begin }, { place: root, line: 0, way: 0 })
  })
}

interface Below {
  /** Of the node in the table. */
  readonly place: number
  /** Which of the lines from the root on, and the way that leads there from the root: a bit a level. */
  readonly line: number
  readonly way: number
}

function writeLine(view: DataView, filling: Filling, { place, line, way }: Below): void {
  const { table, full, ensemble, at } = filling
  const { precision, nodes } = table
  if (line === full.levels.length) {
    const { start, weight } = ensemble.nodes
    const { leaf } = nodes[place]
    const bytes = NUMBER_BYTES[precision]
    setNumber(view, at + full.leaves + way * bytes, { precision, value: weight[start[leaf]] })
    return
  }
  const nodeBytes = FULL_NODE[precision]
  const begin = at + full.lines[line] + way * LINE_NODES * nodeBytes
  let open = [{ place, way: 0 }]
  for (let level = 0; level < full.levels[line]; level++) {
    const below: typeof open = []
    for (const each of open) {
      const { threshold, feature, next, leaf } = nodes[each.place]
      const node = begin + (2 ** level - 1 + each.way) * nodeBytes
      setNumber(view, node, { precision, value: threshold })
      view.setInt32(node + nodeBytes / 2, feature * NUMBER_BYTES[precision], true)
      below.push({ place: next, way: each.way * 2 })
      // A leaf leads to itself, and nothing is greater than its threshold.
      if (leaf < 0) below.push({ place: next + 1, way: each.way * 2 + 1 })
    }
    open = below
  }
  for (const each of open)
    writeLine(view, filling, {
      place: each.place,
      line: line + 1,
      way: way * 2 ** full.levels[line] + each.way,
    })
}
