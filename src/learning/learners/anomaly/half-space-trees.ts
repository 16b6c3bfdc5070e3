// How sparse the neighbourhood of a row is among the rows of the last full window.
import { Prng } from '../../../base/prng.ts'
import type {
  GraphRows,
  GraphTree,
  GraphValue,
  GraphWriter,
} from '../../../contracts/graph-writer.ts'
import { splitsOf, type Splits } from '../../export/splits.ts'
import { checkSetting } from '../../settings.ts'
import type { StateArray } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'

export interface HalfSpaceTreesOptions {
  readonly features: number
  /** Default 10. */
  readonly trees?: number
  /** Levels below the root. Default 8. */
  readonly height?: number
  /** Rows of a window. Default 250. */
  readonly window?: number
  /** Default 1. */
  readonly seed?: number
}

/** A side is at least this share of what is split. */
const PADDING = 0.15
/** A node with fewer rows than this share of the window ends the search. */
const SPARSE = 0.1

/**
 * Half-space trees (Tan, Ting and Liu, "Fast Anomaly Detection for Streaming Data", IJCAI 2011), scored as River 0.26 does: from 0
 * (dense) to 1 (sparse), 0 in the first window. Features must lie in [0, 1]: put a `MinMaxScaler` in front. The trees are drawn when it
 * is made; a missing value goes where more rows went. It learns every row: filter what must not become normal. Labels are not read.
 */
export class HalfSpaceTrees extends RowLearner {
  readonly #height: number
  readonly #window: number
  readonly #trees: number
  /** Nodes of a tree: node n has the children 2n + 1 and 2n + 2. */
  readonly #nodes: number
  readonly #splits: Int32Array
  readonly #thresholds: Float64Array
  /** Rows of the last full window, and of the present one, at each node. */
  readonly #reference: Float64Array
  readonly #latest: Float64Array
  /** Rows in the present window, and full windows. */
  readonly #counts = new Float64Array(2)

  constructor(options: HalfSpaceTreesOptions) {
    const kind = 'half-space-trees'
    const { features, trees = 10, height = 8, window = 250, seed = 1 } = options
    checkSetting(kind, 'trees', trees, { atLeast: 1, atMost: 1000, whole: true })
    checkSetting(kind, 'height', height, { atLeast: 1, atMost: 20, whole: true })
    checkSetting(kind, 'window', window, { atLeast: 1, whole: true })
    checkSetting(kind, 'seed', seed, { whole: true })
    super({
      kind,
      task: 'none',
      version: 1,
      features,
      outputs: 1,
      settings: { trees, height, window, seed },
    })
    this.#height = height
    this.#window = window
    this.#trees = trees
    this.#nodes = 2 ** (height + 1) - 1
    const inner = 2 ** height - 1
    this.#splits = new Int32Array(trees * inner)
    this.#thresholds = new Float64Array(trees * inner)
    this.#reference = new Float64Array(trees * this.#nodes)
    this.#latest = new Float64Array(trees * this.#nodes)
    const random = new Prng(seed)
    for (let tree = 0; tree < trees; tree++) this.#grow(tree * inner, random)
  }

  /** Draws a tree: each node halves, more or less, the box it stands for, along a feature drawn by the width of the box. */
  #grow(at: number, random: Prng): void {
    const low = new Float64Array(this.features)
    const high = new Float64Array(this.features).fill(1)
    const grow = (node: number, depth: number): void => {
      if (depth === this.#height) return
      const feature = drawn(low, high, random)
      const from = low[feature]
      const to = high[feature]
      const width = to - from
      const threshold = from + PADDING * width + random.next() * (1 - 2 * PADDING) * width
      this.#splits[at + node] = feature
      this.#thresholds[at + node] = threshold
      high[feature] = threshold
      grow(2 * node + 1, depth + 1)
      high[feature] = to
      low[feature] = threshold
      grow(2 * node + 2, depth + 1)
      low[feature] = from
    }
    grow(0, 0)
  }

  /** The child of a node of the tree whose inner nodes begin at `inner`. A side is a number, not a branch: no processor guesses it. */
  #child(tree: number, inner: number, node: number): number {
    const value = this.x[this.#splits[inner + node]]
    const left = 2 * node + 1
    if (value === value) return left + Number(value >= this.#thresholds[inner + node])
    return this.#missingIsLeft(tree, left) ? left : left + 1
  }

  #missingIsLeft(tree: number, left: number): boolean {
    const place = tree * this.#nodes + left
    return !(this.#latest[place] < this.#latest[place + 1])
  }

  protected predictRow(out: Float64Array, at: number): void {
    if (this.#counts[1] === 0) {
      out[at] = 0
      return
    }
    let mass = 0
    const sparse = SPARSE * this.#window
    const reference = this.#reference
    const height = this.#height
    const nodes = this.#nodes
    for (let tree = 0, inner = 0; tree < this.#trees; tree++, inner += nodes >> 1) {
      const first = tree * nodes
      for (let node = 0, depth = 0, scale = 1; ; depth++, scale *= 2) {
        const own = reference[first + node]
        mass += own * scale
        if (own < sparse || depth === height) break
        node = this.#child(tree, inner, node)
      }
    }
    out[at] = 1 - mass / (this.#trees * this.#window * this.#nodes)
  }

  /** The mass of a way down is known at its end, so that it is the weight of a leaf. */
  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const splits = splitsOf(rows, this.features)
    const trees = Array.from({ length: this.#trees }, (_, tree) => ({
      root: this.#graphTree(tree, { node: 0, depth: 0, mass: 0 }, splits),
      target: 0,
    }))
    return graph.trees(splits.rows, { targets: 1, trees })
  }

  #graphTree(tree: number, { node, depth, mass }: Way, splits: Splits): GraphTree {
    if (this.#counts[1] === 0) return { weight: 0 }
    const own = this.#reference[tree * this.#nodes + node]
    const sum = mass + own * 2 ** depth
    if (own < SPARSE * this.#window || depth === this.#height) {
      return { weight: 1 / this.#trees - sum / (this.#trees * this.#window * this.#nodes) }
    }
    const at = tree * (2 ** this.#height - 1) + node
    const left = 2 * node + 1
    const below = { depth: depth + 1, mass: sum }
    return {
      ...splits.at({
        feature: this.#splits[at],
        threshold: this.#thresholds[at],
        below: true,
        missingIsLeft: this.#missingIsLeft(tree, left),
      }),
      yes: this.#graphTree(tree, { node: left, ...below }, splits),
      no: this.#graphTree(tree, { node: left + 1, ...below }, splits),
    }
  }

  protected learnRow(): void {
    const latest = this.#latest
    const height = this.#height
    const nodes = this.#nodes
    for (let tree = 0, inner = 0; tree < this.#trees; tree++, inner += nodes >> 1) {
      const first = tree * nodes
      for (let node = 0, depth = 0; ; depth++) {
        latest[first + node]++
        if (depth === height) break
        node = this.#child(tree, inner, node)
      }
    }
    this.#counts[0]++
    if (this.#counts[0] < this.#window) return
    this.#reference.set(this.#latest)
    this.#latest.fill(0)
    this.#counts[0] = 0
    this.#counts[1]++
  }

  protected override arrays(): readonly StateArray[] {
    return [this.#splits, this.#thresholds, this.#reference, this.#latest, this.#counts]
  }
}

/** Down to a node, with the mass above it. */
interface Way {
  readonly node: number
  readonly depth: number
  readonly mass: number
}

function drawn(low: Float64Array, high: Float64Array, random: Prng): number {
  let total = 0
  for (let i = 0; i < low.length; i++) total += high[i] - low[i]
  let left = random.next() * total
  for (let i = 0; i < low.length - 1; i++) {
    left -= high[i] - low[i]
    if (left < 0) return i
  }
  return low.length - 1
}
