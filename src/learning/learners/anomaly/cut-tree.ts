// One tree of a robust random cut forest: a set of points, cut along one feature after the other until each is alone.
import type { Prng } from '../../../base/prng.ts'
import type { StateArray } from '../../state-codec.ts'

const NONE = -1
/** Words of a node: its children (or -1, in a leaf), its parent, the feature of its cut, points below it. */
const LEFT = 0
const RIGHT = 1
const PARENT = 2
const FEATURE = 3
const POINTS = 4
const STRIDE = 5

/**
 * Holds at most `most` points, which are removed by the leaf they were put in; equal points share one. The cut of a node is drawn in
 * proportion to the widths of the box of its points, so that its law is that of a tree made of these points at once (Guha, Mishra, Roy
 * and Schrijvers, "Robust Random Cut Forest Based Anomaly Detection on Streams", ICML 2016, algorithms 1 and 2).
 */
export class CutTree {
  readonly #features: number
  readonly #nodes: Int32Array
  readonly #cuts: Float64Array
  /** The box of the points of each node, by node and feature. */
  readonly #low: Float64Array
  readonly #high: Float64Array
  /** The root; nodes that were used; free nodes among them, as a chain through LEFT. */
  readonly #own = Int32Array.of(NONE, 0, NONE)
  #cutFeature = 0
  #cut = 0

  constructor(features: number, most: number) {
    const nodes = 2 * most
    this.#features = features
    this.#nodes = new Int32Array(nodes * STRIDE)
    this.#cuts = new Float64Array(nodes)
    this.#low = new Float64Array(nodes * features)
    this.#high = new Float64Array(nodes * features)
  }

  get points(): number {
    const root = this.#own[0]
    return root === NONE ? 0 : this.#nodes[root * STRIDE + POINTS]
  }

  /** Puts a point in; gives its leaf. */
  insert(x: Float64Array, random: Prng): number {
    const nodes = this.#nodes
    let node = this.#own[0]
    if (node === NONE) {
      const leaf = this.#leaf(x)
      this.#own[0] = leaf
      return leaf
    }
    for (;;) {
      if (!this.#draw(node, x, random)) {
        this.#grow(node, x)
        return node
      }
      if (this.#apart(node)) break
      node = this.#below(node, x)
    }
    const leaf = this.#leaf(x)
    const branch = this.#take()
    const at = branch * STRIDE
    const left = x[this.#cutFeature] <= this.#cut
    const parent = nodes[node * STRIDE + PARENT]
    nodes[at + LEFT] = left ? leaf : node
    nodes[at + RIGHT] = left ? node : leaf
    nodes[at + FEATURE] = this.#cutFeature
    nodes[at + POINTS] = nodes[node * STRIDE + POINTS]
    this.#cuts[branch] = this.#cut
    this.#replace(parent, node, branch)
    nodes[leaf * STRIDE + PARENT] = branch
    nodes[node * STRIDE + PARENT] = branch
    const from = node * this.#features
    this.#low.copyWithin(branch * this.#features, from, from + this.#features)
    this.#high.copyWithin(branch * this.#features, from, from + this.#features)
    this.#grow(branch, x)
    return leaf
  }

  /** Takes out a point of that leaf. */
  remove(leaf: number): void {
    const nodes = this.#nodes
    const parent = nodes[leaf * STRIDE + PARENT]
    if (nodes[leaf * STRIDE + POINTS] > 1) {
      for (let node = leaf; node !== NONE; node = nodes[node * STRIDE + PARENT]) {
        nodes[node * STRIDE + POINTS]--
      }
      return
    }
    this.#free(leaf)
    if (parent === NONE) {
      this.#own[0] = NONE
      return
    }
    const at = parent * STRIDE
    const sibling = nodes[at + LEFT] === leaf ? nodes[at + RIGHT] : nodes[at + LEFT]
    const above = nodes[at + PARENT]
    this.#replace(above, parent, sibling)
    nodes[sibling * STRIDE + PARENT] = above
    this.#free(parent)
    let tight = true
    for (let node = above; node !== NONE; node = nodes[node * STRIDE + PARENT]) {
      nodes[node * STRIDE + POINTS]--
      if (tight) tight = this.#tighten(node)
    }
  }

  /**
   * How much the tree would be displaced by the point, at the cuts it would be put in by: the greatest ratio, over the nodes above it, of
   * the points beside to the points with it (collusive displacement, definition 4). Changes nothing.
   */
  displacement(x: Float64Array, random: Prng): number {
    const nodes = this.#nodes
    let node = this.#own[0]
    if (node === NONE) return 0
    let most = 0
    for (;;) {
      if (!this.#draw(node, x, random)) break
      if (this.#apart(node)) {
        most = nodes[node * STRIDE + POINTS]
        break
      }
      node = this.#below(node, x)
    }
    for (;;) {
      const parent = nodes[node * STRIDE + PARENT]
      if (parent === NONE) return most
      const together = nodes[node * STRIDE + POINTS]
      const beside = nodes[parent * STRIDE + POINTS] - together
      most = Math.max(most, beside / (together + 1))
      node = parent
    }
  }

  /** Draws a cut of the box of a node and the point; false where both are one point. */
  #draw(node: number, x: Float64Array, random: Prng): boolean {
    const at = node * this.#features
    let total = 0
    for (let i = 0; i < x.length; i++) {
      total += Math.max(this.#high[at + i], x[i]) - Math.min(this.#low[at + i], x[i])
    }
    if (total === 0) return false
    let left = random.next() * total
    let found = NONE
    for (let i = 0; i < x.length; i++) {
      const low = Math.min(this.#low[at + i], x[i])
      const width = Math.max(this.#high[at + i], x[i]) - low
      if (width === 0) continue
      found = i
      // Of a width that rounding makes the whole of it, the lower end: it still cuts.
      this.#cut = low + left < low + width ? low + left : low
      if (left < width) break
      left -= width
    }
    this.#cutFeature = found
    return true
  }

  /** Whether the cut drawn last lies between the point and all of the node. */
  #apart(node: number): boolean {
    const at = node * this.#features + this.#cutFeature
    return this.#cut < this.#low[at] || this.#cut >= this.#high[at]
  }

  #below(node: number, x: Float64Array): number {
    const at = node * STRIDE
    return x[this.#nodes[at + FEATURE]] <= this.#cuts[node]
      ? this.#nodes[at + LEFT]
      : this.#nodes[at + RIGHT]
  }

  /** Counts the point in a node and all above it, and widens their boxes. */
  #grow(from: number, x: Float64Array): void {
    const nodes = this.#nodes
    for (let node = from; node !== NONE; node = nodes[node * STRIDE + PARENT]) {
      nodes[node * STRIDE + POINTS]++
      for (let i = 0, at = node * this.#features; i < x.length; i++, at++) {
        if (x[i] < this.#low[at]) this.#low[at] = x[i]
        if (x[i] > this.#high[at]) this.#high[at] = x[i]
      }
    }
  }

  /** The box of a node from those of its children; whether that changed it. */
  #tighten(node: number): boolean {
    const at = node * this.#features
    const left = this.#nodes[node * STRIDE + LEFT] * this.#features
    const right = this.#nodes[node * STRIDE + RIGHT] * this.#features
    let changed = false
    for (let i = 0; i < this.#features; i++) {
      const low = Math.min(this.#low[left + i], this.#low[right + i])
      const high = Math.max(this.#high[left + i], this.#high[right + i])
      if (low !== this.#low[at + i] || high !== this.#high[at + i]) changed = true
      this.#low[at + i] = low
      this.#high[at + i] = high
    }
    return changed
  }

  #replace(parent: number, before: number, after: number): void {
    if (parent === NONE) this.#own[0] = after
    else {
      const at = parent * STRIDE
      this.#nodes[at + (this.#nodes[at + LEFT] === before ? LEFT : RIGHT)] = after
    }
    this.#nodes[after * STRIDE + PARENT] = parent
  }

  #leaf(x: Float64Array): number {
    const leaf = this.#take()
    this.#nodes.fill(NONE, leaf * STRIDE, leaf * STRIDE + POINTS)
    this.#nodes[leaf * STRIDE + POINTS] = 1
    this.#low.set(x, leaf * this.#features)
    this.#high.set(x, leaf * this.#features)
    return leaf
  }

  #take(): number {
    const free = this.#own[2]
    if (free === NONE) return this.#own[1]++
    this.#own[2] = this.#nodes[free * STRIDE + LEFT]
    return free
  }

  #free(node: number): void {
    this.#nodes[node * STRIDE + LEFT] = this.#own[2]
    this.#own[2] = node
  }

  get state(): readonly StateArray[] {
    return [this.#own, this.#nodes, this.#cuts, this.#low, this.#high]
  }
}
