// A number in the memory of a kernel, in the precision of its model.
import type { NumberType } from './wasm-code.ts'

export function setNumber(
  view: DataView,
  at: number,
  { precision, value }: { readonly precision: NumberType; readonly value: number },
): void {
  if (precision === 'float32') view.setFloat32(at, value, true)
  else view.setFloat64(at, value, true)
}
