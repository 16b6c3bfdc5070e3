// What is due next: a binary heap over (due, order). Derived from rows that are kept elsewhere, never kept itself.

export class DueHeap {
  #dues = new Float64Array(16)
  #orders = new Float64Array(16)
  #items = new Float64Array(16)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Due time of the next one, ms; Infinity when there is none. */
  get due(): number {
    return this.#count === 0 ? Infinity : this.#dues[0]
  }

  get order(): number {
    return this.#count === 0 ? Infinity : this.#orders[0]
  }

  get item(): number {
    return this.#count === 0 ? -1 : this.#items[0]
  }

  push(item: number, due: number, order: number): void {
    if (this.#count === this.#items.length) this.#grow()
    let at = this.#count++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(due, order, parent)) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, item, [due, order])
  }

  /** Takes the next one away. */
  pop(): void {
    const last = --this.#count
    if (last <= 0) return
    const due = this.#dues[last]
    const order = this.#orders[last]
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= last) break
      if (
        child + 1 < last &&
        this.#isBefore(this.#dues[child + 1], this.#orders[child + 1], child)
      ) {
        child++
      }
      if (this.#isBefore(due, order, child)) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, this.#items[last], [due, order])
  }

  clear(): void {
    this.#count = 0
  }

  #isBefore(due: number, order: number, at: number): boolean {
    const difference = due - this.#dues[at]
    return difference < 0 || (difference === 0 && order < this.#orders[at])
  }

  #move(from: number, to: number): void {
    this.#dues[to] = this.#dues[from]
    this.#orders[to] = this.#orders[from]
    this.#items[to] = this.#items[from]
  }

  #put(at: number, item: number, [due, order]: readonly [number, number]): void {
    this.#dues[at] = due
    this.#orders[at] = order
    this.#items[at] = item
  }

  #grow(): void {
    this.#dues = longer(this.#dues)
    this.#orders = longer(this.#orders)
    this.#items = longer(this.#items)
  }
}

function longer(from: Float64Array): Float64Array<ArrayBuffer> {
  const into = new Float64Array(from.length * 2)
  into.set(from)
  return into
}
