// Reads what NumberWriter wrote.
import { DECIMAL, DECIMAL32, F32, F64, RATIO, STEP, WIDTH } from './block-format.ts'
import { readIntegers } from './integers.ts'

export interface NumberPlace {
  readonly encoding: number
  readonly at: number
  readonly count: number
  /** The values of the column it refers to. */
  readonly other: () => Float64Array
}

/** Values in an array of their own. */
export function readNumbers(bytes: Uint8Array<ArrayBuffer>, of: NumberPlace): Float64Array {
  const { encoding, at, count } = of
  const place = bytes.byteOffset + at
  const into = new Float64Array(count)
  if (encoding === F64) {
    into.set(new Float64Array(bytes.buffer, place, count))
    return into
  }
  if (encoding === F32) {
    const source = new Float32Array(bytes.buffer, place, count)
    for (let i = 0; i < count; i++) into[i] = source[i]
    return into
  }
  const width = encoding & WIDTH
  const form = encoding - width
  const [base] = new Float64Array(bytes.buffer, place, 1)
  if (form === 0 || form >= RATIO) {
    readIntegers(bytes, at + 8, { width, base }, into)
    if (form !== 0) divide(into, of.other(), form !== RATIO)
    return into
  }
  const [parameter] = new Float64Array(bytes.buffer, place + 8, 1)
  readIntegers(bytes, at + 16, { width, base: form === STEP ? 0 : base }, into)
  if (form === STEP) for (let i = 0; i < count; i++) into[i] = base + into[i] * parameter
  else if (form === DECIMAL) for (let i = 0; i < count; i++) into[i] /= parameter
  else if (form === DECIMAL32)
    for (let i = 0; i < count; i++) into[i] = Math.fround(into[i] / parameter)
  return into
}

function divide(into: Float64Array, by: Float64Array, single: boolean): void {
  for (let i = 0; i < into.length; i++) into[i] = by[i] === 0 ? 0 : into[i] / by[i]
  if (single) for (let i = 0; i < into.length; i++) into[i] = Math.fround(into[i])
}
