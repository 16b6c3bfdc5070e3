// Emits the kernel: for each tree, eight rows at a time walk down side by side without a branch, so that the
// processor waits for one row's load while it works on another's. Sums are taken tree after tree, in the
// precision of the model, so that a row's bits depend on nothing but the row.
import type { Combine } from './ensemble.ts'
import { FIELDS, NODE, NUMBER_BYTES, VALUE_SHIFT } from './node-table.ts'
import { WasmCode, wasmModule, type NumberType } from './wasm-code.ts'

/** Rows that walk side by side. */
export const LANES = 8

/** From this depth on a walk stops as soon as all rows are at a leaf: deep trees are rarely balanced. */
const DEEP = 10

export interface KernelShape {
  readonly precision: NumberType
  /** Values of one row. */
  readonly features: number
  readonly targets: number
  readonly combine: Combine
  readonly single: boolean
  /** Addresses of the values by node, of the table of trees, and behind it, of the rows and of the sums. */
  readonly values: number
  readonly trees: number
  readonly treesEnd: number
  readonly rows: number
  readonly sums: number
  readonly pages: number
}

/** Takes the address where the rows end: `walk` where no value is NaN, `walkMissing` where one may be. */
export function kernelModule(shape: KernelShape): Uint8Array<ArrayBuffer> {
  return wasmModule(
    [
      { code: addList(shape) },
      { code: walk(shape, false), name: 'walk' },
      { code: walk(shape, true), name: 'walkMissing' },
    ],
    shape.pages,
  )
}

const ADD_LIST = 0

/** add(list, sums): each entry of the list to its sum. A list is its end, then (place in the sums, value) pairs. */
function addList(shape: KernelShape): WasmCode {
  const code = new WasmCode(2)
  const [list, sums] = [0, 1]
  const end = code.integer()
  const at = code.integer()
  const bytes = NUMBER_BYTES[shape.precision]
  code.get(list).loadInteger().set(end)
  code.get(list).constant(bytes).add().tee(list)
  code.get(end).isBelow()
  code.when(() =>
    code.repeat(() => {
      code.get(sums).get(list).loadInteger().add().set(at)
      combine(code, shape, {
        sum: at,
        offset: 0,
        value: () => code.get(list).load(shape.precision, bytes),
      })
      code
        .get(list)
        .constant(2 * bytes)
        .add()
        .tee(list)
      code.get(end).isBelow()
    }),
  )
  return code
}

interface Combining {
  readonly sum: number
  readonly offset: number
  /** Leaves the value on the stack. */
  readonly value: () => void
}

function combine(
  code: WasmCode,
  { precision, combine: how }: KernelShape,
  { sum, offset, value }: Combining,
): void {
  code.get(sum)
  if (how === 'sum' || how === 'average') {
    code.get(sum).load(precision, offset)
    value()
    code.addNumbers(precision)
  } else {
    value()
    code.get(sum).load(precision, offset)
    value()
    code.get(sum).load(precision, offset)
    code.compare(precision, how === 'min' ? 'lt' : 'gt').select()
  }
  code.store(precision, offset)
}

interface Locals {
  readonly tree: number
  readonly row: number
  readonly sum: number
  readonly steps: number
  readonly moved: number
  readonly old: number
  readonly value: number
  readonly node: readonly number[]
}

function walk(shape: KernelShape, missing: boolean): WasmCode {
  const code = new WasmCode(1)
  const end = 0
  const integer = (): number => code.integer()
  const locals: Locals = {
    tree: integer(),
    row: integer(),
    sum: integer(),
    steps: integer(),
    moved: integer(),
    old: integer(),
    value: code.number(shape.precision),
    node: Array.from({ length: LANES }, integer),
  }
  const rowBytes = shape.features * NUMBER_BYTES[shape.precision]
  const sumBytes = shape.targets * NUMBER_BYTES[shape.precision]
  code.constant(shape.trees).set(locals.tree)
  code.repeat(() => {
    code.constant(shape.rows).set(locals.row)
    code.constant(shape.sums).set(locals.sum)
    code.repeat(() => {
      descend(code, shape, { locals, missing })
      for (let lane = 0; lane < LANES; lane++) arrive(code, shape, { locals, lane })
      code
        .get(locals.sum)
        .constant(LANES * sumBytes)
        .add()
        .set(locals.sum)
      code
        .get(locals.row)
        .constant(LANES * rowBytes)
        .add()
        .tee(locals.row)
      code.get(end).isBelow()
    })
    code.get(locals.tree).constant(8).add().tee(locals.tree)
    code.constant(shape.treesEnd).isBelow()
  })
  return code
}

interface Descending {
  readonly locals: Locals
  readonly missing: boolean
}

function descend(code: WasmCode, shape: KernelShape, { locals, missing }: Descending): void {
  for (const node of locals.node) code.get(locals.tree).loadInteger().set(node)
  code.get(locals.tree).loadInteger(4).tee(locals.steps)
  code.when(() => {
    code.get(locals.steps).constant(DEEP).isBelow()
    code.when(() =>
      code.repeat(() => {
        for (let lane = 0; lane < LANES; lane++) step(code, shape, { locals, missing, lane })
        code.get(locals.steps).constant(1).subtract().tee(locals.steps)
      }),
    )
    // What is left of the steps is zero for trees that are not deep.
    code.get(locals.steps)
    code.when(() =>
      code.repeat(() => {
        code.constant(0).set(locals.moved)
        for (let lane = 0; lane < LANES; lane++) {
          code.get(locals.node[lane]).set(locals.old)
          step(code, shape, { locals, missing, lane })
          code.get(locals.node[lane]).get(locals.old).xor().get(locals.moved).or().set(locals.moved)
        }
        code.get(locals.moved)
      }),
    )
  })
}

interface Lane {
  readonly locals: Locals
  readonly lane: number
}

function step(
  code: WasmCode,
  shape: KernelShape,
  { locals, missing, lane }: Lane & Descending,
): void {
  const { precision, features } = shape
  const at = FIELDS[precision]
  const node = locals.node[lane]
  code.get(node).loadInteger(at.next)
  code.get(locals.row).get(node).loadInteger(at.feature).add()
  code.load(precision, lane * features * NUMBER_BYTES[precision])
  if (missing) code.tee(locals.value)
  code.get(node).load(precision).compare(precision, 'le')
  if (missing) {
    code.get(locals.value).get(locals.value).compare(precision, 'ne')
    code.get(node).loadInteger(at.nan).and().or()
  }
  code.equalsZero().constant(Math.log2(NODE[precision])).shiftLeft().add().set(node)
}

function arrive(code: WasmCode, shape: KernelShape, { locals, lane }: Lane): void {
  const { precision, targets, values } = shape
  const offset = lane * targets * NUMBER_BYTES[precision]
  const valueAt = (): WasmCode => code.get(locals.node[lane]).constant(VALUE_SHIFT).shiftRight()
  if (shape.single) {
    combine(code, shape, {
      sum: locals.sum,
      offset,
      value: () => valueAt().load(precision, values),
    })
    return
  }
  valueAt().loadInteger(values)
  code.get(locals.sum).constant(offset).add()
  code.call(ADD_LIST)
}
