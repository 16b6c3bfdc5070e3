// One row through full trees: eight of them side by side, three steps a line, and each step without a branch.
import { FULL_NODE, LINE_LEVELS, TARGET_NODE, type FullTrees } from './full-trees.ts'
import type { KernelShape } from './kernel-shape.ts'
import { NUMBER_BYTES } from './node-table.ts'
import { combine, combined } from './steps.ts'
import { LANES } from './walk-tiles.ts'
import { WasmCode } from './wasm-code.ts'

/** Trees that walk side by side: four are as fast for a hundred trees, eight are faster for five hundred, whose lines come from farther away. */
const TOGETHER = 8

interface Locals {
  readonly tree: number
  readonly sums: number
  /** The sum, where there is only one. */
  readonly sum: number
  /** Addresses of the lines where the walkers are, and their ways through those. */
  readonly lines: readonly number[]
  readonly ways: readonly number[]
  readonly node: number
}

/** Takes the addresses of a row's first value and of its first sum. No value may be NaN. */
export function walkFull(shape: KernelShape, full: FullTrees): WasmCode {
  const code = new WasmCode(2)
  const [row, sums] = [0, 1]
  const each = (): number[] => Array.from({ length: TOGETHER }, () => code.integer())
  const locals: Locals = {
    tree: code.integer(),
    sums,
    sum: code.number(shape.precision),
    lines: each(),
    ways: each(),
    node: code.integer(),
  }
  layRow(code, shape, row)
  if (shape.targets === 1) code.get(sums).load(shape.precision).set(locals.sum)
  code.constant(shape.full).set(locals.tree)
  const together = shape.count - (shape.count % TOGETHER)
  const walkUntil = (until: number, trees: number): void => {
    code.repeat(() => {
      walk(code, shape, { full, locals, trees })
      code
        .get(locals.tree)
        .constant(trees * full.size)
        .add()
        .tee(locals.tree)
      code.constant(shape.full + until * full.size).isBelow()
    })
  }
  if (together > 0) walkUntil(together, TOGETHER)
  if (together < shape.count) walkUntil(shape.count, 1)
  if (shape.targets === 1) code.get(sums).get(locals.sum).store(shape.precision)
  return code
}

/** Copies the row to where its values lie side by side, at a place that the code knows. */
function layRow(code: WasmCode, { precision, features, row: to }: KernelShape, row: number): void {
  const bytes = NUMBER_BYTES[precision]
  const at = code.integer()
  code.repeat(() => {
    code.get(at).get(row).load(precision).store(precision, to)
    code
      .get(row)
      .constant(LANES * bytes)
      .add()
      .set(row)
    code.get(at).constant(bytes).add().tee(at)
    code.constant(features * bytes).isBelow()
  })
}

interface Walking {
  readonly full: FullTrees
  readonly locals: Locals
  readonly trees: number
}

function walk(code: WasmCode, shape: KernelShape, { full, locals, trees }: Walking): void {
  const { precision } = shape
  const lineBits = LINE_LEVELS + Math.log2(FULL_NODE[precision])
  const valueBits = Math.log2(NUMBER_BYTES[precision])
  const { tree, lines, ways } = locals
  full.levels.forEach((levels, line) => {
    // Of the first line there is one a tree, of those below it eight for each above.
    for (let i = 0; line > 0 && i < trees; i++) {
      if (line > 1)
        code.get(lines[i]).get(tree).subtract().constant(LINE_LEVELS).shiftLeft().get(tree).add()
      else code.get(tree)
      code.get(ways[i]).constant(lineBits).shiftLeft().add().set(lines[i])
    }
    for (let level = 0; level < levels; level++)
      for (let i = 0; i < trees; i++) {
        const at = { line: line === 0 ? tree : lines[i], way: ways[i], node: locals.node }
        step(code, shape, { ...at, level, offset: i * full.size + full.lines[line] })
      }
  })
  for (let i = 0; i < trees; i++) {
    const value = (): void => {
      code.get(tree)
      // As many lines as eight of their leaves' values have room for.
      if (full.levels.length > 1)
        code
          .get(lines[i])
          .get(tree)
          .subtract()
          .constant(lineBits - LINE_LEVELS - valueBits)
          .shiftRight()
          .add()
      code.get(ways[i]).constant(valueBits).shiftLeft().add()
      code.load(precision, i * full.size + full.leaves)
    }
    if (shape.targets === 1) {
      combined(code, shape, { read: () => code.get(locals.sum), value })
      code.set(locals.sum)
      continue
    }
    const target = i * full.size + TARGET_NODE * FULL_NODE[precision]
    code.get(tree).loadInteger(target).get(locals.sums).add().set(locals.node)
    combine(code, shape, { sum: locals.node, offset: 0, value })
  }
}

interface Step {
  readonly line: number
  readonly way: number
  readonly node: number
  readonly level: number
  readonly offset: number
}

/** Adds a bit to the way of a walker. */
function step(
  code: WasmCode,
  { precision, row }: KernelShape,
  { line, way, node, level, offset }: Step,
): void {
  const nodeBytes = FULL_NODE[precision]
  const at = level === 0 ? line : node
  if (level > 0) {
    code.get(line).get(way).constant(Math.log2(nodeBytes)).shiftLeft().add().set(node)
    code.get(way).constant(1).shiftLeft()
  }
  const first = offset + (2 ** level - 1) * nodeBytes
  code
    .get(at)
    .loadInteger(first + nodeBytes / 2)
    .load(precision, row)
  code.get(at).load(precision, first).compare(precision, 'gt')
  if (level > 0) code.add()
  code.set(way)
}
