// From the sums of a row to what the operator gives: base values, the mean, classes, and the transform at the end.
// The rules where the specification is silent (two classes, one of which has weights) are those of ONNX Runtime's
// TreeEnsembleClassifier, against which test/models/trees holds every case.
import type { Ensemble, PostTransform } from './ensemble.ts'
import type { NumberType } from './wasm-code.ts'

export type Scores = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** Rounds to the precision of the model. */
export type Round = (value: number) => number

export function rounding(precision: NumberType): Round {
  return precision === 'float32' ? Math.fround : (value) => value
}

/** Combines and adds the base, in place, for `rows` rows of `targets` sums each. */
export function addBase(
  sums: Scores,
  rows: number,
  { targets, combine, base, roots, precision }: Ensemble,
): void {
  const round = rounding(precision)
  const length = rows * targets
  if (combine === 'average') for (let i = 0; i < length; i++) sums[i] /= roots.length
  // A target that no tree gave anything is zero.
  if (combine === 'min' || combine === 'max')
    for (let i = 0; i < length; i++) if (!Number.isFinite(sums[i])) sums[i] = 0
  if (base.length !== targets) return
  for (let i = 0; i < length; i++) sums[i] = round(sums[i] + base[i % targets])
}

/** Applies the transform to rows of `width` values, in place. */
export function transform(
  values: Scores,
  rows: number,
  {
    width,
    post,
    round,
  }: { readonly width: number; readonly post: PostTransform; readonly round: Round },
): void {
  if (post === 'NONE') return
  if (post === 'LOGISTIC' || post === 'PROBIT') {
    const each = post === 'LOGISTIC' ? logistic : probit
    for (let i = 0; i < rows * width; i++) values[i] = each(values[i])
    return
  }
  for (let row = 0; row < rows; row++)
    softmax(values, {
      from: row * width,
      to: (row + 1) * width,
      skipZeros: post === 'SOFTMAX_ZERO',
      round,
    })
}

export function logistic(value: number): number {
  const small = Math.exp(-Math.abs(value))
  return value < 0 ? small / (1 + small) : 1 / (1 + small)
}

/** Nearer to zero than this, SOFTMAX_ZERO takes a value for none. */
const NONE = 1e-7

interface Softmax {
  readonly from: number
  readonly to: number
  readonly skipZeros: boolean
  readonly round: Round
}

export function softmax(values: Scores, { from, to, skipZeros, round }: Softmax): void {
  let greatest = Number.NEGATIVE_INFINITY
  for (let i = from; i < to; i++) greatest = Math.max(greatest, values[i])
  let sum = 0
  for (let i = from; i < to; i++) {
    const isNone = skipZeros && Math.abs(values[i]) <= NONE
    values[i] = isNone ? values[i] * Math.exp(-greatest) : Math.exp(round(values[i] - greatest))
    if (!isNone) sum = round(sum + values[i])
  }
  for (let i = from; i < to; i++) values[i] /= sum
}

/** sqrt(2) times the inverse error function of 2 value - 1. Source: S. Winitzki, A handy approximation for the error function and its inverse, 2008. */
export function probit(value: number): number {
  const x = 2 * value - 1
  const log = Math.log((1 - x) * (1 + x))
  const a = 0.147
  const middle = 2 / (Math.PI * a) + 0.5 * log
  return Math.SQRT2 * Math.sign(x) * Math.sqrt(Math.sqrt(middle * middle - log / a) - middle)
}
