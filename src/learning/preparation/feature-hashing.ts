// Columns of codes as a fixed number of columns, whatever values come.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Rows } from '../../contracts/learner.ts'
import { cannotExport } from '../export/cannot-export.ts'
import { hashNumber } from '../key-table.ts'
import { checkSetting } from '../settings.ts'
import { BasePreparer } from './base-preparer.ts'
import { chooseColumns, type ChosenColumns } from './chosen-columns.ts'
import { copy } from './one-hot.ts'

export interface FeatureHashingOptions {
  readonly features: number
  /** The columns that hold codes. Default all. */
  readonly columns?: readonly number[]
  /** Columns they are hashed into. Default 64. */
  readonly buckets?: number
  /** Another seed, other collisions. Default 1. */
  readonly seed?: number
}

/**
 * The hashing trick (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009): each pair of column and value
 * adds 1 or -1, by a second bit of its hash, to one bucket, so that collisions cancel out on average. It learns nothing and keeps no
 * state: the same value has the same bucket for ever. A missing value adds nothing. The other columns come first, as they are.
 */
export class FeatureHashing extends BasePreparer {
  readonly #columns: ChosenColumns
  readonly #buckets: number
  readonly #seed: number

  constructor({ features, columns, buckets = 64, seed = 1 }: FeatureHashingOptions) {
    const kind = 'feature-hashing'
    const of = chooseColumns(kind, features, columns)
    checkSetting(kind, 'buckets', buckets, { atLeast: 1, atMost: 2 ** 20, whole: true })
    checkSetting(kind, 'seed', seed, { whole: true })
    super({
      kind,
      version: 1,
      features,
      outputs: of.kept.length + buckets,
      settings: { columns: of.chosen, buckets, seed },
    })
    this.#columns = of
    this.#buckets = buckets
    this.#seed = seed
  }

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    const { chosen, kept } = this.#columns
    kept.forEach((column, i) => copy(columns[column], from, to, out[i]))
    for (let i = 0; i < this.#buckets; i++) out[kept.length + i].fill(0, 0, to - from)
    for (const column of chosen) {
      const given = columns[column]
      const seed = hashNumber(column, this.#seed)
      for (let row = from; row < to; row++) {
        const value = given[row]
        if (value !== value) continue
        const hash = hashNumber(value === 0 ? 0 : value, seed)
        const bucket = kept.length + ((hash >>> 1) % this.#buckets)
        out[bucket][row - from] += (hash & 1) === 0 ? 1 : -1
      }
    }
  }

  learn(rows: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    this.transform(rows, out)
  }

  override writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphRows {
    return cannotExport(
      this.kind,
      'it hashes the bits of a value, which a graph has no operator for (one-hot and target-mean can be written)',
    )
  }
}
