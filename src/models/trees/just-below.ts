// The greatest number below another one at a precision: "less than" is "at most the one below".
import type { NumberType } from './wasm-code.ts'

const f32 = new Float32Array(1)
const i32 = new Int32Array(f32.buffer)
const f64 = new Float64Array(1)
const i64 = new BigInt64Array(f64.buffer)

/** @param value neither NaN nor -Infinity, below which there is nothing. */
export function justBelow(value: number, precision: NumberType): number {
  if (precision === 'float32') {
    f32[0] = value === 0 ? 0 : value
    i32[0] = f32[0] === 0 ? -0x7fff_ffff : f32[0] > 0 ? i32[0] - 1 : i32[0] + 1
    return f32[0]
  }
  f64[0] = value === 0 ? 0 : value
  i64[0] = f64[0] === 0 ? -0x7fff_ffff_ffff_ffffn : f64[0] > 0 ? i64[0] - 1n : i64[0] + 1n
  return f64[0]
}
