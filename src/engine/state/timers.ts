// Durable timers: a binary heap in the task's memory, the least (time, order of arming) first.
import type { Region } from './region.ts'
import type { StateMemory } from './memory.ts'

// Words of the head region.
const COUNT = 0
const SEQUENCE = 1

// Words of an entry.
const WORDS = 3
const TIME = 0
const ORDER = 1
const PAYLOAD = 2

export class Timers {
  readonly #head: Region
  readonly #heap: Region

  constructor(memory: StateMemory, name: string) {
    this.#head = memory.region(`${name}/timers/head`, 16)
    this.#heap = memory.region(`${name}/timers/heap`, WORDS * 8 * 16)
  }

  get count(): number {
    return this.#head.f64[COUNT]
  }

  /** Time of the next one, ms; Infinity when there is none. */
  get nextTime(): number {
    return this.count === 0 ? Infinity : this.#heap.f64[TIME]
  }

  /** @param payload a whole number. */
  push(time: number, payload: number): void {
    const { count } = this
    const order = this.#head.f64[SEQUENCE]
    this.#heap.grow((count + 1) * WORDS * 8)
    this.#head.setF64(COUNT, count + 1)
    this.#head.setF64(SEQUENCE, order + 1)
    const { f64 } = this.#heap
    let at = count
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (f64[parent * WORDS + TIME] <= time) break
      this.#move(parent, at)
      at = parent
    }
    this.#put(at, time, [order, payload])
  }

  /** Takes the next one away; gives its payload. */
  pop(): number {
    const { f64 } = this.#heap
    const payload = f64[PAYLOAD]
    const last = this.count - 1
    this.#head.setF64(COUNT, last)
    if (last === 0) return payload
    const time = f64[last * WORDS + TIME]
    const order = f64[last * WORDS + ORDER]
    const own = f64[last * WORDS + PAYLOAD]
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= last) break
      if (child + 1 < last && this.#before(child + 1, child)) child++
      const childTime = f64[child * WORDS + TIME]
      if (childTime > time || (childTime === time && f64[child * WORDS + ORDER] > order)) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, time, [order, own])
    return payload
  }

  #before(a: number, b: number): boolean {
    const { f64 } = this.#heap
    const difference = f64[a * WORDS + TIME] - f64[b * WORDS + TIME]
    return difference < 0 || (difference === 0 && f64[a * WORDS + ORDER] < f64[b * WORDS + ORDER])
  }

  #move(from: number, to: number): void {
    this.#heap.f64.copyWithin(to * WORDS, from * WORDS, (from + 1) * WORDS)
    this.#heap.touchWords(to * WORDS, WORDS)
  }

  #put(at: number, time: number, [order, payload]: readonly [number, number]): void {
    const { f64 } = this.#heap
    f64[at * WORDS + TIME] = time
    f64[at * WORDS + ORDER] = order
    f64[at * WORDS + PAYLOAD] = payload
    this.#heap.touchWords(at * WORDS, WORDS)
  }
}
