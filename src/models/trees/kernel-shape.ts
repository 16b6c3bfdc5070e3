// What the code of a kernel depends on: sizes of an ensemble, and where its tables lie.
import type { Combine } from './ensemble.ts'
import type { NumberType } from './wasm-code.ts'

export interface KernelShape {
  readonly precision: NumberType
  /** Values of one row. */
  readonly features: number
  readonly targets: number
  readonly combine: Combine
  readonly single: boolean
  /** Number of trees. */
  readonly count: number
  /** Addresses of the values by node, of the table of trees, of a vector to put down for a moment, of the rows and of the sums. */
  readonly values: number
  readonly trees: number
  readonly scratch: number
  readonly rows: number
  readonly sums: number
  /** Addresses of one row whose values lie side by side, and of the full trees. */
  readonly row: number
  readonly full: number
  readonly pages: number
}
