// One ensemble in the memory of its WebAssembly kernel: rows are written into `rows`, sums are read from `sums`.
import { inTiles, type Layout } from '../onnx/layout.ts'
import type { Ensemble } from './ensemble.ts'
import { fullTrees, writeFullTrees, type FullTrees } from './full-trees.ts'
import { instantiate, type KernelExports } from './instantiate.ts'
import { kernelModule } from './kernel-module.ts'
import { FIELDS, NODE, NUMBER_BYTES, VALUE_SHIFT, nodeTable, type NodeTable } from './node-table.ts'
import { markMissing, type Numbers } from './missing.ts'
import { setNumber } from './set-number.ts'
import { entryFields, writeEntry } from './tree-entry.ts'
import { LANES } from './walk-tiles.ts'

const PAGE = 65_536

/** From so many rows on a tile that is not full is walked as if it were: its eight rows cost as much as so many alone. */
const TILE_FROM = 6

/** Addresses in the kernel's memory. */
interface Places {
  readonly values: number
  readonly lists: number
  readonly trees: number
  readonly scratch: number
  readonly rows: number
  readonly sums: number
  readonly row: number
  readonly full: number
  readonly end: number
}

export class TreeKernel {
  /** In tiles; room for the capacity, rounded up to whole ones. */
  readonly rows: Numbers
  readonly layout: Layout
  readonly sums: Numbers
  /** Trees, and the most steps one of them takes. */
  readonly trees: number
  readonly depth: number
  readonly #places: Places
  readonly #ensemble: Ensemble
  readonly #walks: KernelExports

  /**
   * @param capacity rows of the greatest run.
   * @throws ModelError ML_MODEL when the ensemble is none of trees.
   */
  constructor(ensemble: Ensemble, capacity: number) {
    const { precision, features, targets, combine } = ensemble
    const table = nodeTable(ensemble)
    const lanes = Math.ceil(capacity / LANES) * LANES
    const full = fullTrees(table)
    const places = placesOf(ensemble, table, { lanes, full })
    const shape = {
      ...places,
      precision,
      features,
      targets,
      combine,
      single: table.targets !== undefined,
      count: table.roots.length,
      pages: Math.ceil(places.end / PAGE),
    }
    this.#walks = instantiate(kernelModule(shape, full))
    const { buffer } = this.#walks.memory
    fill(buffer, { ensemble, table, places })
    if (full !== undefined)
      writeFullTrees(new DataView(buffer), { ensemble, table, full, at: places.full })
    const Numbers = precision === 'float32' ? Float32Array : Float64Array
    this.rows = new Numbers(buffer, places.rows, lanes * features)
    this.layout = inTiles(LANES, features)
    this.sums = new Numbers(buffer, places.sums, lanes * targets)
    this.trees = table.roots.length
    this.depth = Math.max(...table.depths)
    this.#places = places
    this.#ensemble = ensemble
  }

  /**
   * Sums up rows [0, rows) into `sums`: zero where no tree gave a target anything, infinite for the
   * least and the greatest.
   *
   * @param limit values of a greater magnitude are taken for missing.
   */
  run(rows: number, limit: number): void {
    const { precision, features, targets, combine } = this.#ensemble
    const start =
      combine === 'min'
        ? Number.POSITIVE_INFINITY
        : combine === 'max'
          ? Number.NEGATIVE_INFINITY
          : 0
    // A loop: to call `fill` for one row costs more than a tree.
    for (let i = 0; i < rows * targets; i++) this.sums[i] = start
    const missing = markMissing(this.rows, { rows, features, limit })
    const bytes = NUMBER_BYTES[precision]
    const { rows: tiles, sums } = this.#places
    const alone = rows % LANES < TILE_FROM ? rows % LANES : 0
    const together = rows - alone
    const tileBytes = LANES * features * bytes
    const end = tiles + Math.ceil(together / LANES) * tileBytes
    const { walkTiles, walkTilesMissing, walkRow, walkRowMissing } = this.#walks
    if (together > 0) (missing ? walkTilesMissing : walkTiles)(end)
    const walkOne = missing ? walkRowMissing : walkRow
    for (let i = 0; i < alone; i++)
      walkOne(end + i * bytes, sums + (together + i) * targets * bytes)
  }
}

/** Entries of the lists of all leaves; one that has only its end is shared by all nodes that are none. */
function listLength({ nodes }: NodeTable, { nodes: { start } }: Ensemble): number {
  return nodes.reduce(
    (sum, { leaf }) => sum + (leaf < 0 ? 0 : 1 + 2 * (start[leaf + 1] - start[leaf])),
    1,
  )
}

function placesOf(
  ensemble: Ensemble,
  table: NodeTable,
  { lanes, full }: { readonly lanes: number; readonly full: FullTrees | undefined },
): Places {
  const { precision, features, targets } = ensemble
  const bytes = NUMBER_BYTES[precision]
  const values = table.nodes.length * NODE[precision]
  const lists = values + table.nodes.length * bytes
  const trees = aligned(
    lists + (table.targets !== undefined ? 0 : listLength(table, ensemble) * bytes),
  )
  const scratch = trees + table.roots.length * entryFields(precision).size
  const rows = aligned(scratch + 16)
  const sums = rows + lanes * features * bytes
  const row = sums + lanes * targets * bytes
  const begin = aligned(row + features * bytes)
  const end = begin + (full?.size ?? 0) * table.roots.length
  return { values, lists, trees, scratch, rows, sums, row, full: begin, end }
}

function aligned(address: number): number {
  return Math.ceil(address / 64) * 64
}

interface Filling {
  readonly ensemble: Ensemble
  readonly table: NodeTable
  readonly places: Places
}

function fill(buffer: ArrayBuffer, filling: Filling): void {
  const { table, places } = filling
  const { precision } = table
  const { start, weight } = filling.ensemble.nodes
  const view = new DataView(buffer)
  const size = NODE[precision]
  const fields = FIELDS[precision]
  const placeBytes = LANES * NUMBER_BYTES[precision]
  const lists = new Lists(view, filling)
  table.nodes.forEach((node, i) => {
    const at = i * size
    setNumber(view, at, { precision, value: node.threshold })
    view.setInt32(at + fields.feature, node.feature * placeBytes, true)
    view.setInt32(at + fields.next, node.next * size, true)
    view.setInt32(at + fields.nan, node.nanIsGreater, true)
    const valueAt = places.values + (at >>> VALUE_SHIFT)
    if (table.targets !== undefined)
      setNumber(view, valueAt, {
        precision,
        value: node.leaf < 0 ? 0 : weight[start[node.leaf]],
      })
    else view.setInt32(valueAt, lists.write(node.leaf), true)
  })
  const entry = entryFields(precision).size
  for (let tree = 0; tree < table.roots.length; tree++)
    writeEntry(view, places.trees + tree * entry, { table, tree, placeBytes })
}

/** Lists of weights, one behind the other: where it ends, then the place among the sums and the value of each. */
class Lists {
  readonly #view: DataView
  readonly #filling: Filling
  #at: number

  constructor(view: DataView, filling: Filling) {
    this.#view = view
    this.#filling = filling
    this.#at = filling.places.lists
  }

  /** @returns the address of the list of a leaf. */
  write(leaf: number): number {
    const { ensemble, table, places } = this.#filling
    const bytes = NUMBER_BYTES[table.precision]
    if (leaf < 0) return places.lists // never arrived at
    const { start, target, weight } = ensemble.nodes
    const list = this.#at
    let at = list + bytes
    for (let i = start[leaf]; i < start[leaf + 1]; i++, at += 2 * bytes) {
      this.#view.setInt32(at, target[i] * bytes, true)
      setNumber(this.#view, at + bytes, { precision: table.precision, value: weight[i] })
    }
    this.#view.setInt32(list, at, true)
    this.#at = at
    return list
  }
}
