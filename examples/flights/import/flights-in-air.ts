// The flights that have left and not landed, by landing time: a binary heap over columns, no object per flight.

/** What is kept of a flight until it lands. */
export interface FlightInAir {
  /** ms since 1970. */
  readonly landsAt: number
  /** Row of the file: of two that land together the lower is first. */
  readonly row: number
  readonly delay: number
  readonly origin: number
  readonly destination: number
}

export class FlightsInAir {
  #count = 0
  #heap = new Uint32Array(1024)
  #free: number[] = []
  #landsAt = new Float64Array(1024)
  /** row, delay, origin, destination of each place. */
  #rest = new Int32Array(4 * 1024)

  get count(): number {
    return this.#count
  }

  /** When the next one lands; Infinity when none is in the air. */
  get nextAt(): number {
    return this.#count === 0 ? Infinity : this.#landsAt[this.#heap[0]]
  }

  add(flight: FlightInAir): void {
    if (this.#count === this.#heap.length) this.#grow()
    const place = this.#free.pop() ?? this.#count
    this.#landsAt[place] = flight.landsAt
    this.#rest[4 * place] = flight.row
    this.#rest[4 * place + 1] = flight.delay
    this.#rest[4 * place + 2] = flight.origin
    this.#rest[4 * place + 3] = flight.destination
    let at = this.#count++
    for (let parent = (at - 1) >> 1; at > 0; parent = (at - 1) >> 1) {
      if (!this.#before(place, this.#heap[parent])) break
      this.#heap[at] = this.#heap[parent]
      at = parent
    }
    this.#heap[at] = place
  }

  /** Takes out the one that lands next. */
  land(): FlightInAir {
    const place = this.#heap[0]
    const rest = 4 * place
    const landed = {
      landsAt: this.#landsAt[place],
      row: this.#rest[rest],
      delay: this.#rest[rest + 1],
      origin: this.#rest[rest + 2],
      destination: this.#rest[rest + 3],
    }
    this.#free.push(place)
    this.#sink(this.#heap[--this.#count])
    return landed
  }

  #sink(place: number): void {
    let at = 0
    for (let child = 1; child < this.#count; child = 2 * at + 1) {
      const right = child + 1
      if (right < this.#count && this.#before(this.#heap[right], this.#heap[child])) child = right
      if (!this.#before(this.#heap[child], place)) break
      this.#heap[at] = this.#heap[child]
      at = child
    }
    this.#heap[at] = place
  }

  #before(a: number, b: number): boolean {
    const later = this.#landsAt[a] - this.#landsAt[b]
    return later < 0 || (later === 0 && this.#rest[4 * a] < this.#rest[4 * b])
  }

  #grow(): void {
    const room = this.#heap.length * 2
    const grown = {
      heap: new Uint32Array(room),
      at: new Float64Array(room),
      rest: new Int32Array(4 * room),
    }
    grown.heap.set(this.#heap)
    grown.at.set(this.#landsAt)
    grown.rest.set(this.#rest)
    this.#heap = grown.heap
    this.#landsAt = grown.at
    this.#rest = grown.rest
  }
}
