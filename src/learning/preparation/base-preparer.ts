// What all preparations share: checks, and the bytes of fixed arrays.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Preparer, Rows } from '../../contracts/learner.ts'
import { cannotExport } from '../export/cannot-export.ts'
import { checkSetting } from '../settings.ts'
import {
  encodeArrays,
  restoreArrays,
  settingsText,
  type StateArray,
  type StateHeader,
} from '../state-codec.ts'

export interface PreparerInfo {
  readonly kind: string
  readonly version: number
  readonly features: number
  readonly outputs: number
  readonly settings: Readonly<Record<string, unknown>>
}

export abstract class BasePreparer implements Preparer {
  readonly kind: string
  readonly features: number
  readonly outputs: number
  protected readonly header: StateHeader

  constructor({ kind, version, features, outputs, settings }: PreparerInfo) {
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    this.kind = kind
    this.features = features
    this.outputs = outputs
    this.header = { kind, version, settings: settingsText({ features, outputs, ...settings }) }
  }

  abstract transform(rows: Rows, out: readonly Float64Array[]): void
  abstract learn(rows: Rows, labels: Float64Array, out: readonly Float64Array[]): void
  writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphRows {
    return cannotExport(this.kind, 'how it prepares is not written as a graph yet')
  }

  /** All state, in a fixed order. Preparations whose state grows encode it themselves. */
  protected arrays(): readonly StateArray[] {
    return []
  }

  encode(): Uint8Array {
    return encodeArrays(this.header, this.arrays())
  }

  restore(bytes: Uint8Array): void {
    restoreArrays(bytes, this.header, this.arrays())
  }

  get memoryBytes(): number {
    return this.arrays().reduce((sum, { byteLength }) => sum + byteLength, 0)
  }
}
