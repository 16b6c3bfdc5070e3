// The nodes of a tree in typed arrays that grow: what they split on, the classes they saw, and, of leaves that learn, a slot of
// observers. Bytes are the arrays as far as they are used.
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { OBSERVER } from './gaussian-observer.ts'
import { grown } from './grown.ts'

/** Of the whole numbers of a node. */
export const FEATURE = 0 // -1: a leaf
export const LEFT = 1
export const RIGHT = 2
export const DEPTH = 3
export const SLOT = 4 // -1: a leaf that learns no more, or no leaf
export const SHAPE = 5

/** Of the doubles of a node. */
export const THRESHOLD = 0
/** Weight of the rows that came by. */
export const PASSED = 1
/** Weight at the last attempt to split. */
export const TRIED = 2
/** Weight that the majority class, and that naive Bayes, had right. */
export const MAJORITY_RIGHT = 3
export const BAYES_RIGHT = 4
export const NUMBERS = 5

export interface TreeSize {
  readonly classes: number
  /** Features a leaf observes. */
  readonly width: number
}

export class TreeStore {
  readonly classes: number
  readonly width: number
  nodes = 0
  shape: Int32Array<ArrayBuffer> = new Int32Array(4 * SHAPE)
  numbers: Float64Array<ArrayBuffer> = new Float64Array(4 * NUMBERS)
  /** Weight of each class of each node, and in which order classes came first: 0 for one that did not. */
  weights: Float64Array<ArrayBuffer>
  order: Int32Array<ArrayBuffer>
  slots = 0
  /** Of a slot: for each class for each feature an observer. */
  observers: Float64Array<ArrayBuffer>
  /** Which features it observes, and in which order classes came first. */
  observed: Int32Array<ArrayBuffer>
  slotOrder: Int32Array<ArrayBuffer>
  #free: number[] = []

  constructor({ classes, width }: TreeSize) {
    this.classes = classes
    this.width = width
    this.weights = new Float64Array(4 * classes)
    this.order = new Int32Array(4 * classes)
    this.observers = new Float64Array(this.slotDoubles)
    this.observed = new Int32Array(width)
    this.slotOrder = new Int32Array(classes)
  }

  get slotDoubles(): number {
    return this.classes * this.width * OBSERVER
  }

  get slotBytes(): number {
    return 8 * this.slotDoubles + 4 * (this.width + this.classes)
  }

  get nodeBytes(): number {
    return 4 * SHAPE + 8 * NUMBERS + 12 * this.classes
  }

  /** Bytes of what is used. */
  get bytes(): number {
    return this.nodes * this.nodeBytes + this.slots * this.slotBytes
  }

  /** Slots that are used. */
  get active(): number {
    return this.slots - this.#free.length
  }

  get freeSlots(): number {
    return this.#free.length
  }

  /** A new leaf, without a slot. */
  addNode(depth: number): number {
    const node = this.nodes++
    this.shape = grown(this.shape, this.nodes * SHAPE)
    this.numbers = grown(this.numbers, this.nodes * NUMBERS)
    this.weights = grown(this.weights, this.nodes * this.classes)
    this.order = grown(this.order, this.nodes * this.classes)
    this.shape.set([-1, -1, -1, depth, -1], node * SHAPE)
    this.numbers.fill(0, node * NUMBERS, (node + 1) * NUMBERS)
    return node
  }

  /** A slot with nothing in it. */
  addSlot(): number {
    const free = this.#free.pop()
    const slot = free ?? this.slots++
    if (free === undefined) {
      this.observers = grown(this.observers, this.slots * this.slotDoubles)
      this.observed = grown(this.observed, this.slots * this.width)
      this.slotOrder = grown(this.slotOrder, this.slots * this.classes)
    }
    this.clearSlot(slot)
    return slot
  }

  clearSlot(slot: number): void {
    this.observers.fill(0, slot * this.slotDoubles, (slot + 1) * this.slotDoubles)
    this.slotOrder.fill(0, slot * this.classes, (slot + 1) * this.classes)
  }

  freeSlot(slot: number): void {
    this.clearSlot(slot)
    this.#free.push(slot)
  }

  write(writer: StateWriter): void {
    writer.array(Int32Array.of(this.nodes, this.slots))
    writer.array(this.shape.subarray(0, this.nodes * SHAPE))
    writer.array(this.numbers.subarray(0, this.nodes * NUMBERS))
    writer.array(this.weights.subarray(0, this.nodes * this.classes))
    writer.array(this.order.subarray(0, this.nodes * this.classes))
    writer.array(this.observers.subarray(0, this.slots * this.slotDoubles))
    writer.array(this.observed.subarray(0, this.slots * this.width))
    writer.array(this.slotOrder.subarray(0, this.slots * this.classes))
    writer.array(Int32Array.from(this.#free))
  }

  /** A store of what `write` wrote. */
  static read(reader: StateReader, size: TreeSize): TreeStore {
    const store = new TreeStore(size)
    const counts = reader.ints()
    store.nodes = counts[0]
    store.slots = counts[1]
    store.shape = reader.ints(store.nodes * SHAPE)
    store.numbers = reader.doubles(store.nodes * NUMBERS)
    store.weights = reader.doubles(store.nodes * size.classes)
    store.order = reader.ints(store.nodes * size.classes)
    store.observers = reader.doubles(store.slots * store.slotDoubles)
    store.observed = reader.ints(store.slots * size.width)
    store.slotOrder = reader.ints(store.slots * size.classes)
    store.#free = [...reader.ints()]
    return store
  }
}
