// Emits the kernel of one ensemble: ways to walk all of its trees for many rows and for one, each with and without missing
// values; for one row without them through full trees, where there are any. Sums are taken tree after tree, in the precision
// of the model, so that a row's bits depend on nothing but the row.
import type { FullTrees } from './full-trees.ts'
import { NUMBER_BYTES } from './node-table.ts'
import type { KernelShape } from './kernel-shape.ts'
import { combine } from './steps.ts'
import { WasmCode, wasmModule } from './wasm-code.ts'
import { walkFull } from './walk-full.ts'
import { walkRow } from './walk-row.ts'
import { walkTiles } from './walk-tiles.ts'

/**
 * `walkTiles` takes the address where the tiles end, `walkRow` those of a row's first value and of its first sum.
 * Those of the name `Missing` are for rows in which a value may be NaN.
 */
export function kernelModule(
  shape: KernelShape,
  full: FullTrees | undefined,
): Uint8Array<ArrayBuffer> {
  const row = full === undefined ? walkRow(shape, false) : walkFull(shape, full)
  return wasmModule(
    [
      { code: addList(shape) },
      { code: walkTiles(shape, false), name: 'walkTiles' },
      { code: walkTiles(shape, true), name: 'walkTilesMissing' },
      { code: row, name: 'walkRow' },
      { code: walkRow(shape, true), name: 'walkRowMissing' },
    ],
    shape.pages,
  )
}

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
