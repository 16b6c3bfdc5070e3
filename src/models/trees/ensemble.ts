// A tree ensemble in one form, whichever operator it came from.
import type { NumberType } from './wasm-code.ts'

/** Whether a row goes to `yes`: value <= threshold, and so on. A missing value (NaN) goes there where `missingIsYes` says so. */
export const LEQ = 0
export const LT = 1
export const GTE = 2
export const GT = 3
export const EQ = 4
export const NEQ = 5
export const LEAF = 6

/** How the values of the trees become one. */
export type Combine = 'sum' | 'average' | 'min' | 'max'

/** What comes after the sums. */
export type PostTransform = 'NONE' | 'SOFTMAX' | 'LOGISTIC' | 'SOFTMAX_ZERO' | 'PROBIT'

/** Nodes by place; a tree is the place of its root. */
export interface TreeNodes {
  readonly mode: Uint8Array
  readonly feature: Int32Array
  readonly threshold: Float64Array
  readonly missingIsYes: Uint8Array
  readonly yes: Int32Array
  readonly no: Int32Array
  /** The weights of node i are those at [start[i], start[i + 1]); only leaves have any. */
  readonly start: Int32Array
  readonly target: Int32Array
  readonly weight: Float64Array
}

export interface Ensemble {
  /** What values, thresholds and sums are rounded to. */
  readonly precision: NumberType
  /** Values of one row. */
  readonly features: number
  /** Sums of one row: targets, or classes. */
  readonly targets: number
  readonly combine: Combine
  /** Added at the end: none, one, or one a target. */
  readonly base: readonly number[]
  readonly post: PostTransform
  readonly roots: Int32Array
  readonly nodes: TreeNodes
}

/** Why the kernel leaves a graph to ONNX Runtime. */
export class NotATreeGraph extends Error {}

/** For `plan`: leaves the graph to ONNX Runtime, with the reason. */
export function leave(reason: string): never {
  throw new NotATreeGraph(reason)
}
