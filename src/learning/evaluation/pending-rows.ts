// Rows that were predicted and wait for their label, in columns: features, what was said, label, and when it comes.
import { assert } from '../../base/assert.ts'

/** A slot is a place in every column, and is used again once its row is taken. */
export class PendingRows {
  /** One a feature. */
  readonly columns: Float64Array[]
  /** `outputs` numbers a slot. */
  said: Float64Array
  labels: Float64Array
  /** When the label of a slot comes. */
  due: Float64Array
  readonly #outputs: number
  #arrival: Float64Array
  #free: number[] = []
  #slots = 0
  #arrived = 0
  /** Slots, as a binary heap: the row whose label comes first at the front, of equals the one that came first. */
  readonly #heap: number[] = []

  constructor(features: number, outputs: number) {
    const room = 1024
    this.#outputs = outputs
    this.columns = Array.from({ length: features }, () => new Float64Array(room))
    this.said = new Float64Array(room * outputs)
    this.labels = new Float64Array(room)
    this.due = new Float64Array(room)
    this.#arrival = new Float64Array(room)
  }

  get count(): number {
    return this.#heap.length
  }

  /** A slot for a row, which is not waiting yet. */
  slot(): number {
    const used = this.#free.pop()
    if (used !== undefined) return used
    if (this.#slots === this.labels.length) this.#grow()
    return this.#slots++
  }

  wait(slot: number, label: number, due: number): void {
    this.labels[slot] = label
    this.due[slot] = due
    this.#arrival[slot] = this.#arrived++
    this.#heap.push(slot)
    this.#rise(this.#heap.length - 1)
  }

  /** Whether a label has come by then. */
  hasDue(now: number): boolean {
    return this.#heap.length > 0 && this.due[this.#heap[0]] <= now
  }

  /** The slot whose label comes first; it is used until `release`. */
  take(): number {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    assert(last !== undefined, 'a row is taken where one waits')
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink()
    }
    return first
  }

  release(slot: number): void {
    this.#free.push(slot)
  }

  #before(a: number, b: number): boolean {
    const apart = this.due[a] - this.due[b]
    return apart < 0 || (apart === 0 && this.#arrival[a] < this.#arrival[b])
  }

  #rise(from: number): void {
    const heap = this.#heap
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#before(heap[at], heap[above])) return
      ;[heap[at], heap[above]] = [heap[above], heap[at]]
      at = above
    }
  }

  #sink(): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let least = at
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < heap.length && this.#before(heap[below], heap[least])) least = below
      }
      if (least === at) return
      ;[heap[at], heap[least]] = [heap[least], heap[at]]
      at = least
    }
  }

  #grow(): void {
    const room = 2 * this.labels.length
    const grown = (values: Float64Array, length: number): Float64Array => {
      const wider = new Float64Array(length)
      wider.set(values)
      return wider
    }
    this.columns.forEach((column, i) => (this.columns[i] = grown(column, room)))
    this.said = grown(this.said, room * this.#outputs)
    this.labels = grown(this.labels, room)
    this.due = grown(this.due, room)
    this.#arrival = grown(this.#arrival, room)
  }
}
