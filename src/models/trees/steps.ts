// What every walk through a tree consists of: steps from a node to the next, and the arrival at a leaf.
import type { KernelShape } from './kernel-shape.ts'
import { FIELDS, NODE, VALUE_SHIFT } from './node-table.ts'
import type { WasmCode } from './wasm-code.ts'

/** The function of the kernel that adds the list of a leaf. */
const ADD_LIST = 0

/** From this depth on a walk stops as soon as nobody moves: deep trees are rarely balanced. */
const DEEP = 10

/** One of those who walk side by side, so that the processor waits for the loads of one while it works on another's. */
export interface Walker {
  /** Local of the address of its node. */
  readonly node: number
  /** What is added to the address of the row. */
  readonly offset: number
}

/** Locals, made once a function. */
export interface Stepping {
  readonly walkers: readonly Walker[]
  readonly row: number
  /** How many steps there are; zero at the end. */
  readonly steps: number
  readonly moved: number
  readonly old: number
  readonly value: number
  readonly missing: boolean
}

/** Walks down without a branch. */
export function descend(code: WasmCode, shape: KernelShape, stepping: Stepping): void {
  const { walkers, steps, moved, old } = stepping
  code.get(steps)
  code.when(() => {
    code.get(steps).constant(DEEP).isBelow()
    code.when(() =>
      code.repeat(() => {
        for (const walker of walkers) step(code, shape, { ...stepping, ...walker })
        code.get(steps).constant(1).subtract().tee(steps)
      }),
    )
    // What is left of the steps is zero for trees that are not deep.
    code.get(steps)
    code.when(() =>
      code.repeat(() => {
        code.constant(0).set(moved)
        for (const walker of walkers) {
          code.get(walker.node).set(old)
          step(code, shape, { ...stepping, ...walker })
          code.get(walker.node).get(old).xor().get(moved).or().set(moved)
        }
        code.get(moved)
      }),
    )
  })
}

function step(
  code: WasmCode,
  { precision }: KernelShape,
  { node, offset, row, value, missing }: Stepping & Walker,
): void {
  const at = FIELDS[precision]
  code.get(node).loadInteger(at.next)
  code.get(row).get(node).loadInteger(at.feature).add().load(precision, offset)
  if (missing) code.tee(value)
  code.get(node).load(precision).compare(precision, 'gt')
  if (missing) {
    code.get(value).get(value).compare(precision, 'ne')
    code.get(node).loadInteger(at.nan).and().or()
  }
  code.constant(Math.log2(NODE[precision])).shiftLeft().add().set(node)
}

interface Arriving {
  readonly node: number
  /** Local of an address, and what is added to it: where the sums of the row begin. */
  readonly sums: number
  readonly offset: number
}

/** Adds what the leaf gives. */
export function arrive(code: WasmCode, shape: KernelShape, { node, sums, offset }: Arriving): void {
  const valueAt = (): WasmCode => code.get(node).constant(VALUE_SHIFT).shiftRight()
  if (shape.single) {
    combine(code, shape, {
      sum: sums,
      offset,
      value: () => valueAt().load(shape.precision, shape.values),
    })
    return
  }
  valueAt().loadInteger(shape.values)
  code.get(sums).constant(offset).add()
  code.call(ADD_LIST)
}

interface Combining {
  readonly sum: number
  readonly offset: number
  /** Leaves the value on the stack. */
  readonly value: () => void
}

/** Combines the number at the address `sum` with a value. */
export function combine(
  code: WasmCode,
  shape: KernelShape,
  { sum, offset, value }: Combining,
): void {
  code.get(sum)
  combined(code, shape, { read: () => code.get(sum).load(shape.precision, offset), value })
  code.store(shape.precision, offset)
}

/** Leaves what two numbers combine to, each of which its function leaves on the stack. */
export function combined(
  code: WasmCode,
  { precision, combine: how }: KernelShape,
  { read, value }: { readonly read: () => void; readonly value: () => void },
): void {
  if (how === 'sum' || how === 'average') {
    read()
    value()
    code.addNumbers(precision)
    return
  }
  value()
  read()
  value()
  read()
  code.compare(precision, how === 'min' ? 'lt' : 'gt').select()
}
