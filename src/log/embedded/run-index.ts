// Where the runs of one partition lie in the journal, oldest first: four numbers a run, no object.

const STRIDE = 4

/** A queue of (first offset, journal segment, position, length). Offsets are ascending and without gaps. */
export class RunIndex {
  #rows = new Float64Array(0)
  #head = 0
  #tail = 0

  get length(): number {
    return this.#tail - this.#head
  }

  base(index: number): number {
    return this.#rows[(this.#head + index) * STRIDE]
  }

  segment(index: number): number {
    return this.#rows[(this.#head + index) * STRIDE + 1]
  }

  position(index: number): number {
    return this.#rows[(this.#head + index) * STRIDE + 2]
  }

  bytes(index: number): number {
    return this.#rows[(this.#head + index) * STRIDE + 3]
  }

  push(run: { base: number; segment: number; position: number; bytes: number }): void {
    if ((this.#tail + 1) * STRIDE > this.#rows.length) this.#makeRoom()
    const at = this.#tail++ * STRIDE
    this.#rows[at] = run.base
    this.#rows[at + 1] = run.segment
    this.#rows[at + 2] = run.position
    this.#rows[at + 3] = run.bytes
  }

  /** Forgets the oldest. */
  drop(count: number): void {
    this.#head += count
    if (this.#head === this.#tail) {
      this.#head = 0
      this.#tail = 0
      if (this.#rows.length > 1024 * STRIDE) this.#rows = new Float64Array(0)
    }
  }

  /** The last run that begins at or before the offset; -1 when it lies before all of them. */
  find(offset: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.base(middle) <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  #makeRoom(): void {
    const live = this.#rows.subarray(this.#head * STRIDE, this.#tail * STRIDE)
    const rows =
      this.#head > this.length
        ? this.#rows
        : new Float64Array(Math.max(4, this.length * 2) * STRIDE)
    if (rows === this.#rows) rows.copyWithin(0, this.#head * STRIDE, this.#tail * STRIDE)
    else rows.set(live)
    this.#rows = rows
    this.#tail -= this.#head
    this.#head = 0
  }
}
