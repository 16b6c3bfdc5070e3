// The nodes of a regression tree in typed arrays that grow: what they split on, the moments of their targets, a linear model, and, of
// leaves that learn, a slot with a search tree for each feature it observes.
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { grown } from './grown.ts'
import { MOMENTS } from './moments.ts'
import { DEPTH, FEATURE, LEFT, RIGHT, SHAPE, SLOT } from './node-shape.ts'
import { NONE, SplitPoints } from './split-points.ts'

/** Of the doubles of a node, behind those of every tree. */
/** Fading squared errors of the mean, and of the linear model. */
export const MEAN_ERROR = 3
export const MODEL_ERROR = 4
export const TARGET = 5
export const NUMBERS: number = TARGET + MOMENTS

export interface RegressionSize {
  readonly features: number
  /** Features a leaf observes. */
  readonly width: number
  /** Whether nodes have a linear model. */
  readonly models: boolean
  /** Rows that either side of a split must have. */
  readonly leastRows: number
}

export class RegressionStore {
  readonly width: number
  /** Doubles of a model: a weight for each feature, and the intercept. */
  readonly modelDoubles: number
  root = 0
  shape: Int32Array<ArrayBuffer> = new Int32Array(4 * SHAPE)
  numbers: Float64Array<ArrayBuffer> = new Float64Array(4 * NUMBERS)
  models: Float64Array<ArrayBuffer>
  points: SplitPoints
  /** Of a slot: which features it observes, and the root of the search tree of each. */
  observed: Int32Array<ArrayBuffer>
  roots: Int32Array<ArrayBuffer>
  #nodes = 0
  #slots = 0
  #freeNodes: number[] = []
  #freeSlots: number[] = []

  constructor({ features, width, models, leastRows }: RegressionSize) {
    this.width = width
    this.modelDoubles = models ? features + 1 : 0
    this.models = new Float64Array(4 * this.modelDoubles)
    this.observed = new Int32Array(width)
    this.roots = new Int32Array(width)
    this.points = new SplitPoints(leastRows)
  }

  /** Places of nodes, those that were freed included. */
  get places(): number {
    return this.#nodes
  }

  get nodes(): number {
    return this.#nodes - this.#freeNodes.length
  }

  get nodeBytes(): number {
    return 4 * SHAPE + 8 * (NUMBERS + this.modelDoubles)
  }

  get bytes(): number {
    return this.#nodes * this.nodeBytes + this.#slots * 8 * this.width + this.points.bytes
  }

  /** A new leaf, without a slot. */
  addNode(depth: number): number {
    const free = this.#freeNodes.pop()
    const node = free ?? this.#nodes++
    if (free === undefined) {
      this.shape = grown(this.shape, this.#nodes * SHAPE)
      this.numbers = grown(this.numbers, this.#nodes * NUMBERS)
      this.models = grown(this.models, this.#nodes * this.modelDoubles)
    }
    this.shape.fill(-1, node * SHAPE, (node + 1) * SHAPE)
    this.shape[node * SHAPE + DEPTH] = depth
    this.numbers.fill(0, node * NUMBERS, (node + 1) * NUMBERS)
    this.models.fill(0, node * this.modelDoubles, (node + 1) * this.modelDoubles)
    return node
  }

  /** Gives up a node and all below it; `each` is told of every one. */
  freeTree(node: number, each?: (node: number) => void): void {
    if (this.shape[node * SHAPE + FEATURE] >= 0) {
      this.freeTree(this.shape[node * SHAPE + LEFT], each)
      this.freeTree(this.shape[node * SHAPE + RIGHT], each)
    }
    this.closeSlot(node)
    each?.(node)
    this.shape.fill(-1, node * SHAPE, (node + 1) * SHAPE)
    this.numbers.fill(0, node * NUMBERS, (node + 1) * NUMBERS)
    this.#freeNodes.push(node)
  }

  /** Gives a leaf a slot with nothing in it. */
  openSlot(node: number, features: Int32Array): void {
    const free = this.#freeSlots.pop()
    const slot = free ?? this.#slots++
    if (free === undefined) {
      this.observed = grown(this.observed, this.#slots * this.width)
      this.roots = grown(this.roots, this.#slots * this.width)
    }
    this.observed.set(features, slot * this.width)
    this.roots.fill(NONE, slot * this.width, (slot + 1) * this.width)
    this.shape[node * SHAPE + SLOT] = slot
  }

  closeSlot(node: number): void {
    const slot = this.shape[node * SHAPE + SLOT]
    if (slot < 0) return
    for (let i = 0; i < this.width; i++) this.points.release(this.roots[slot * this.width + i])
    this.roots.fill(NONE, slot * this.width, (slot + 1) * this.width)
    this.#freeSlots.push(slot)
    this.shape[node * SHAPE + SLOT] = -1
  }

  write(writer: StateWriter): void {
    writer.array(Int32Array.of(this.root, this.#nodes, this.#slots))
    writer.array(this.shape.subarray(0, this.#nodes * SHAPE))
    writer.array(this.numbers.subarray(0, this.#nodes * NUMBERS))
    writer.array(this.models.subarray(0, this.#nodes * this.modelDoubles))
    writer.array(this.observed.subarray(0, this.#slots * this.width))
    writer.array(this.roots.subarray(0, this.#slots * this.width))
    writer.array(Int32Array.from(this.#freeNodes))
    writer.array(Int32Array.from(this.#freeSlots))
    this.points.write(writer)
  }

  static read(reader: StateReader, size: RegressionSize): RegressionStore {
    const store = new RegressionStore(size)
    const [root, nodes, slots] = reader.ints(3)
    store.root = root
    store.#nodes = nodes
    store.#slots = slots
    store.shape = reader.ints(nodes * SHAPE)
    store.numbers = reader.doubles(nodes * NUMBERS)
    store.models = reader.doubles(nodes * store.modelDoubles)
    store.observed = reader.ints(slots * size.width)
    store.roots = reader.ints(slots * size.width)
    store.#freeNodes = [...reader.ints()]
    store.#freeSlots = [...reader.ints()]
    store.points = SplitPoints.read(reader, size.leastRows)
    return store
  }
}
