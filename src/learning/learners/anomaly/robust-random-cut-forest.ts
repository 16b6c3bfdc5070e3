// How much simpler the trees of the newest rows would be without a row.
import { Prng } from '../../../base/prng.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { cannotExport } from '../../export/cannot-export.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { CutTree } from './cut-tree.ts'

export interface RobustRandomCutForestOptions {
  readonly features: number
  /** Default 40. */
  readonly trees?: number
  /** Rows that are kept, the newest. Default 256. */
  readonly window?: number
  /** Rows before anything is scored. Default a quarter of the window. */
  readonly grace?: number
  /** Default 1. */
  readonly seed?: number
}

/**
 * Robust random cut forest (Guha, Mishra, Roy and Schrijvers, ICML 2016): the score is the collusive displacement of the row, averaged over
 * trees that all hold the newest `window` rows; about 1 among many alike, up to `window` far from all. It sees rows that are unusual only
 * together, and asks for no scaling where the features are of one kind. For a series of values give the last few as features (a shingle).
 * It learns every row. A missing value counts 0: put an `Imputer` in front. Labels are not read.
 * Cost grows with trees, features and the logarithm of the window; 32 bytes a tree, row of the window and feature, and 56 more a row.
 */
export class RobustRandomCutForest extends RowLearner {
  readonly #trees: readonly CutTree[]
  readonly #window: number
  readonly #grace: number
  readonly #random: Prng
  /** State of the generator. */
  readonly #words = new Int32Array(4)
  /** Leaf of each row of the window in each tree, by place of the row. */
  readonly #leaves: Int32Array
  /** Rows learnt. */
  readonly #count = new Float64Array(1)

  constructor(options: RobustRandomCutForestOptions) {
    const kind = 'robust-random-cut-forest'
    const { features, trees = 40, window = 256, seed = 1 } = options
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'trees', trees, { atLeast: 1, atMost: 1000, whole: true })
    checkSetting(kind, 'window', window, { atLeast: 2, atMost: 1e5, whole: true })
    const grace = options.grace ?? Math.ceil(window / 4)
    checkSetting(kind, 'grace', grace, { atLeast: 1, whole: true })
    checkSetting(kind, 'seed', seed, { whole: true })
    super({
      kind,
      task: 'none',
      version: 1,
      features,
      outputs: 1,
      settings: { trees, window, grace, seed },
      missing: 0,
    })
    this.#trees = Array.from({ length: trees }, () => new CutTree(features, window))
    this.#window = window
    this.#grace = grace
    this.#random = new Prng(seed)
    this.#random.save(this.#words)
    this.#leaves = new Int32Array(trees * window)
  }

  protected predictRow(out: Float64Array, at: number): void {
    out[at] = 0
    if (this.#count[0] < this.#grace) return
    this.#random.load(this.#words)
    let sum = 0
    for (const tree of this.#trees) sum += tree.displacement(this.x, this.#random)
    out[at] = sum / this.#trees.length
  }

  override writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphValue {
    return cannotExport(
      this.kind,
      'its score is drawn: it cuts the row into its trees at random, and a graph draws nothing',
    )
  }

  protected learnRow(): void {
    const full = this.#count[0] >= this.#window
    const place = (this.#count[0] % this.#window) * this.#trees.length
    this.#random.load(this.#words)
    for (let i = 0; i < this.#trees.length; i++) {
      const tree = this.#trees[i]
      if (full) tree.remove(this.#leaves[place + i])
      this.#leaves[place + i] = tree.insert(this.x, this.#random)
    }
    this.#random.save(this.#words)
    this.#count[0]++
  }

  protected override arrays(): readonly StateArray[] {
    return [
      this.#count,
      this.#words,
      this.#leaves,
      ...this.#trees.flatMap(({ state }) => [...state]),
    ]
  }
}
