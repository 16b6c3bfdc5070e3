// One row: eight trees walk side by side, and arrive in their order.
import type { KernelShape } from './kernel-shape.ts'
import { arrive, descend, type Stepping } from './steps.ts'
import { entryFields } from './tree-entry.ts'
import { WasmCode } from './wasm-code.ts'

/** Trees that walk side by side. */
const TOGETHER = 8

export function walkRow(shape: KernelShape, missing: boolean): WasmCode {
  const code = new WasmCode(2)
  const [row, sums] = [0, 1]
  const integer = (): number => code.integer()
  const tree = integer()
  /** Address of the sum that a tree adds to. */
  const own = integer()
  const stepping: Stepping = {
    walkers: Array.from({ length: TOGETHER }, () => ({ node: integer(), offset: 0 })),
    row,
    steps: integer(),
    moved: integer(),
    old: integer(),
    value: code.number(shape.precision),
    missing,
  }
  const together = shape.count - (shape.count % TOGETHER)
  code.constant(shape.trees).set(tree)
  const walk = (count: number, trees: number): void => {
    if (trees === 0) return
    const walkers = stepping.walkers.slice(0, count)
    const { root, steps, target, size } = entryFields(shape.precision)
    const until = shape.trees + (count === TOGETHER ? together : shape.count) * size
    code.repeat(() => {
      code.constant(0).set(stepping.steps)
      walkers.forEach(({ node }, i) => {
        code
          .get(tree)
          .loadInteger(root + i * size)
          .set(node)
        // The deepest of them says how many steps all take.
        const mine = (): WasmCode => code.get(tree).loadInteger(steps + i * size)
        mine().get(stepping.steps)
        mine().get(stepping.steps).isAbove().select().set(stepping.steps)
      })
      descend(code, shape, { ...stepping, walkers })
      walkers.forEach(({ node }, i) => {
        code
          .get(sums)
          .get(tree)
          .loadInteger(target + i * size)
          .add()
          .set(own)
        arrive(code, shape, { node, sums: own, offset: 0 })
      })
      code
        .get(tree)
        .constant(count * size)
        .add()
        .tee(tree)
      code.constant(until).isBelow()
    })
  }
  walk(TOGETHER, together)
  walk(1, shape.count - together)
  return code
}
