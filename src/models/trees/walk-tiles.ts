// Many rows at once. Eight of them are a tile, in which the values of a feature lie side by side: vectors take the first levels of a
// tree for all of them, whichever way they go; from there on each row walks alone, beside the others.
import type { KernelShape } from './kernel-shape.ts'
import { NUMBER_BYTES } from './node-table.ts'
import { arrive, descend, type Stepping } from './steps.ts'
import { TOP_LEVELS, entryFields } from './tree-entry.ts'
import { WasmCode } from './wasm-code.ts'

/** Rows of a tile. */
export const LANES = 8

const VECTOR_BYTES = 16
/** Addresses are four bytes: a lane of ones and zeros becomes a place among them by so many bits. */
const ADDRESS_BITS = 2

export function walkTiles(shape: KernelShape, missing: boolean): WasmCode {
  const code = new WasmCode(1)
  const end = 0
  const integer = (): number => code.integer()
  const bytes = NUMBER_BYTES[shape.precision]
  const tree = integer()
  const sums = integer()
  const stepping: Stepping = {
    walkers: Array.from({ length: LANES }, (_, lane) => ({
      node: integer(),
      offset: lane * bytes,
    })),
    row: integer(),
    steps: integer(),
    moved: integer(),
    old: integer(),
    value: code.number(shape.precision),
    missing,
  }
  const top = new TopLevels(code, shape, { tree, stepping })
  const entry = entryFields(shape.precision)
  const advance = (local: number, by: number): WasmCode =>
    code.get(local).constant(by).add().tee(local)
  code.constant(shape.trees).set(tree)
  code.repeat(() => {
    code.constant(shape.rows).set(stepping.row)
    code.constant(shape.sums).get(tree).loadInteger(entry.target).add().set(sums)
    code.repeat(() => {
      top.descend()
      code.get(tree).loadInteger(entry.left).set(stepping.steps)
      descend(code, shape, stepping)
      stepping.walkers.forEach(({ node }, lane) =>
        arrive(code, shape, { node, sums, offset: lane * shape.targets * bytes }),
      )
      code
        .get(sums)
        .constant(LANES * shape.targets * bytes)
        .add()
        .set(sums)
      advance(stepping.row, LANES * shape.features * bytes)
        .get(end)
        .isBelow()
    })
    advance(tree, entry.size)
      .constant(shape.trees + shape.count * entry.size)
      .isBelow()
  })
  return code
}

/** The first levels of a tree for one tile: masks of the rows whose value is greater, level by level. */
class TopLevels {
  readonly #code: WasmCode
  readonly #shape: KernelShape
  readonly #tree: number
  readonly #stepping: Stepping
  readonly #value: number
  /** Locals of the masks of a vector's nodes, then of what it chose on each level. */
  readonly #masks: readonly number[]
  readonly #chosen: readonly number[]

  constructor(
    code: WasmCode,
    shape: KernelShape,
    { tree, stepping }: { readonly tree: number; readonly stepping: Stepping },
  ) {
    this.#code = code
    this.#shape = shape
    this.#tree = tree
    this.#stepping = stepping
    this.#value = code.vector()
    this.#masks = Array.from({ length: 2 ** TOP_LEVELS - 1 }, () => code.vector())
    this.#chosen = Array.from({ length: TOP_LEVELS }, () => code.vector())
  }

  /** Leaves each walker at the node behind the first levels. */
  descend(): void {
    const perVector = VECTOR_BYTES / NUMBER_BYTES[this.#shape.precision]
    for (let first = 0; first < LANES; first += perVector) {
      this.#masks.forEach((mask, node) => this.#compare(mask, node, first))
      const tops = this.#chosen.map((chosen, level) => {
        this.#choose(level, 2 ** level - 1, 0)
        this.#code.set(chosen)
        return chosen
      })
      this.#follow(tops, first, perVector)
    }
  }

  /** Which of the values are greater than the threshold of a node. */
  #compare(mask: number, node: number, first: number): void {
    const code = this.#code
    const { precision } = this.#shape
    const bytes = NUMBER_BYTES[precision]
    const fields = entryFields(precision)
    code.get(this.#tree).loadInteger(fields.feature + node * 4)
    code
      .get(this.#stepping.row)
      .add()
      .loadVector(first * bytes)
    if (this.#stepping.missing) code.tee(this.#value)
    code.get(this.#tree).loadSplat(precision, fields.threshold + node * bytes)
    code.compareVectors(precision, 'gt')
    if (this.#stepping.missing) {
      code.get(this.#value).get(this.#value).compareVectors(precision, 'ne')
      code.get(this.#tree).loadSplat(precision, fields.nan + node * bytes)
      code.andVectors().orVectors()
    }
    code.set(mask)
  }

  /** Leaves the mask that counts on a level: of the nodes below `node` there, by the levels before. */
  #choose(level: number, node: number, depth: number): void {
    const span = 2 ** (level - depth - 1)
    if (depth === level) {
      this.#code.get(this.#masks[node])
      return
    }
    this.#choose(level, node + span, depth + 1)
    this.#choose(level, node, depth + 1)
    // Which half counts says the mask that the rows have chosen on this level.
    this.#code.get(this.#chosen[depth]).selectBits()
  }

  #follow(tops: readonly number[], first: number, perVector: number): void {
    const code = this.#code
    const { precision, scratch } = this.#shape
    const bytes = NUMBER_BYTES[precision]
    code.constant(0) // an address for the store, which adds `scratch`
    code.get(tops[0])
    for (const next of tops.slice(1))
      code.shiftVectorLeft(precision, 1).get(next).addVectors(precision)
    code.shiftVectorLeft(precision, ADDRESS_BITS)
    code.storeVector(scratch)
    const { ways } = entryFields(precision)
    for (let i = 0; i < perVector; i++) {
      code
        .get(this.#tree)
        .constant(0)
        .loadInteger(scratch + i * bytes)
        .add()
      // All masks of no bit are the last of the ways.
      code.loadInteger(ways + (2 ** TOP_LEVELS - 1) * 4).set(this.#stepping.walkers[first + i].node)
    }
  }
}
