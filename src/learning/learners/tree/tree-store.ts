// The nodes of a tree in typed arrays that grow: what they split on, the classes they saw, and, of those that observe, a slot of
// observers. Bytes are the arrays as far as they are used.
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { OBSERVER } from './gaussian-observer.ts'
import { grown } from './grown.ts'
import { DEPTH, FEATURE, LEFT, RIGHT, SHAPE, SLOT } from './node-shape.ts'

/** Of the doubles of a node, behind those of every tree. */
/** Weight that the majority class, and that naive Bayes, had right. */
export const MAJORITY_RIGHT = 3
export const BAYES_RIGHT = 4
export const NUMBERS = 5

export interface TreeSize {
  readonly classes: number
  /** Features a leaf observes. */
  readonly width: number
  /** The most values a nominal feature has; 0 where all are numbers. */
  readonly values: number
}

export class TreeStore {
  readonly classes: number
  readonly width: number
  /** Doubles of an observer, and of a slot: for each class for each feature one. */
  readonly stride: number
  readonly slotDoubles: number
  root = 0
  shape: Int32Array<ArrayBuffer> = new Int32Array(4 * SHAPE)
  numbers: Float64Array<ArrayBuffer> = new Float64Array(4 * NUMBERS)
  /** Weight of each class of each node, and in which order classes came first: 0 for one that did not. */
  weights: Float64Array<ArrayBuffer>
  order: Int32Array<ArrayBuffer>
  observers: Float64Array<ArrayBuffer>
  /** Which features a slot observes, and in which order classes came first. */
  observed: Int32Array<ArrayBuffer>
  slotOrder: Int32Array<ArrayBuffer>
  /**
   * What naive Bayes takes from the observers, made anew when it is asked and something has changed: for each class of a slot, the log of
   * its weight less the logs of its spreads (NaN: to be made anew), and for each feature the mean and half the inverse variance.
   */
  bases: Float64Array<ArrayBuffer>
  lines: Float64Array<ArrayBuffer>
  #places = 0
  #slots = 0
  #freeNodes: number[] = []
  #freeSlots: number[] = []

  constructor({ classes, width, values }: TreeSize) {
    this.classes = classes
    this.width = width
    this.stride = Math.max(OBSERVER, values + 1)
    this.slotDoubles = classes * width * this.stride
    this.weights = new Float64Array(4 * classes)
    this.order = new Int32Array(4 * classes)
    this.observers = new Float64Array(this.slotDoubles)
    this.observed = new Int32Array(width)
    this.slotOrder = new Int32Array(classes)
    this.bases = new Float64Array(classes)
    this.lines = new Float64Array(2 * classes * width)
  }

  /** Places of nodes, those that were freed included. */
  get places(): number {
    return this.#places
  }

  get nodes(): number {
    return this.#places - this.#freeNodes.length
  }

  get slotBytes(): number {
    return (
      8 * (this.slotDoubles + this.classes * (1 + 2 * this.width)) + 4 * (this.width + this.classes)
    )
  }

  get nodeBytes(): number {
    return 4 * SHAPE + 8 * NUMBERS + 12 * this.classes
  }

  /** Bytes of what is used. */
  get bytes(): number {
    return this.#places * this.nodeBytes + this.#slots * this.slotBytes
  }

  /** How many nodes more can observe within that many bytes. */
  slotsWithin(maxBytes: number): number {
    const more = Math.floor((maxBytes - this.bytes) / this.slotBytes)
    return this.#freeSlots.length + Math.max(0, more)
  }

  /** A new leaf, without a slot. */
  addNode(depth: number): number {
    const free = this.#freeNodes.pop()
    const node = free ?? this.#places++
    if (free === undefined) {
      this.shape = grown(this.shape, this.#places * SHAPE)
      this.numbers = grown(this.numbers, this.#places * NUMBERS)
      this.weights = grown(this.weights, this.#places * this.classes)
      this.order = grown(this.order, this.#places * this.classes)
    }
    this.#clearNode(node)
    this.shape[node * SHAPE + DEPTH] = depth
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
    this.#clearNode(node)
    this.#freeNodes.push(node)
  }

  /** Gives a node a slot with nothing in it, to observe those features. */
  openSlot(node: number, features: Int32Array): void {
    const free = this.#freeSlots.pop()
    const slot = free ?? this.#slots++
    if (free === undefined) {
      this.observers = grown(this.observers, this.#slots * this.slotDoubles)
      this.observed = grown(this.observed, this.#slots * this.width)
      this.slotOrder = grown(this.slotOrder, this.#slots * this.classes)
      this.bases = grown(this.bases, this.#slots * this.classes)
      this.lines = grown(this.lines, 2 * this.#slots * this.classes * this.width)
    }
    this.clearSlot(slot)
    this.observed.set(features, slot * this.width)
    this.shape[node * SHAPE + SLOT] = slot
  }

  clearSlot(slot: number): void {
    this.observers.fill(0, slot * this.slotDoubles, (slot + 1) * this.slotDoubles)
    this.slotOrder.fill(0, slot * this.classes, (slot + 1) * this.classes)
    this.bases.fill(Number.NaN, slot * this.classes, (slot + 1) * this.classes)
  }

  closeSlot(node: number): void {
    const slot = this.shape[node * SHAPE + SLOT]
    if (slot < 0) return
    this.clearSlot(slot)
    this.#freeSlots.push(slot)
    this.shape[node * SHAPE + SLOT] = -1
  }

  write(writer: StateWriter): void {
    writer.array(Int32Array.of(this.root, this.#places, this.#slots))
    writer.array(this.shape.subarray(0, this.#places * SHAPE))
    writer.array(this.numbers.subarray(0, this.#places * NUMBERS))
    writer.array(this.weights.subarray(0, this.#places * this.classes))
    writer.array(this.order.subarray(0, this.#places * this.classes))
    writer.array(this.observers.subarray(0, this.#slots * this.slotDoubles))
    writer.array(this.observed.subarray(0, this.#slots * this.width))
    writer.array(this.slotOrder.subarray(0, this.#slots * this.classes))
    writer.array(Int32Array.from(this.#freeNodes))
    writer.array(Int32Array.from(this.#freeSlots))
  }

  /** A store of what `write` wrote. */
  static read(reader: StateReader, size: TreeSize): TreeStore {
    const store = new TreeStore(size)
    const { classes, width } = size
    const [root, places, slots] = reader.ints(3)
    store.root = root
    store.#places = places
    store.#slots = slots
    store.shape = reader.ints(places * SHAPE)
    store.numbers = reader.doubles(places * NUMBERS)
    store.weights = reader.doubles(places * classes)
    store.order = reader.ints(places * classes)
    store.observers = reader.doubles(slots * store.slotDoubles)
    store.observed = reader.ints(slots * width)
    store.slotOrder = reader.ints(slots * classes)
    store.#freeNodes = [...reader.ints()]
    store.#freeSlots = [...reader.ints()]
    store.bases = new Float64Array(Math.max(1, slots) * classes).fill(Number.NaN)
    store.lines = new Float64Array(2 * Math.max(1, slots) * classes * width)
    return store
  }

  #clearNode(node: number): void {
    this.shape.fill(-1, node * SHAPE, (node + 1) * SHAPE)
    this.numbers.fill(0, node * NUMBERS, (node + 1) * NUMBERS)
    this.weights.fill(0, node * this.classes, (node + 1) * this.classes)
    this.order.fill(0, node * this.classes, (node + 1) * this.classes)
  }
}

/** The rank of a class that comes now. */
export function nextRank(order: Int32Array, at: number, classes: number): number {
  let rank = 1
  for (let c = 0; c < classes; c++) if (order[at + c] > 0) rank++
  return rank
}
