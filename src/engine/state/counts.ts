// What a task has counted, in its memory: so that a count is never lost and never doubled.
import type { Region } from './region.ts'
import type { StateMemory } from './memory.ts'

const REGION = 'counts'

/** Named counters; names keep their place, new ones come last. */
export class Counts<Name extends string> {
  readonly #region: Region
  readonly #place: ReadonlyMap<Name, number>

  /** @param before how many counters of another lie before them in the memory. */
  constructor(memory: StateMemory, names: readonly Name[], before = 0) {
    this.#region = memory.region(REGION, (before + names.length) * 8)
    this.#place = new Map(names.map((name, i) => [name, before + i]))
  }

  add(name: Name, by: number): void {
    const word = this.#place.get(name) ?? 0
    this.#region.setF64(word, this.#region.f64[word] + by)
  }

  set(name: Name, value: number): void {
    const word = this.#place.get(name) ?? 0
    if (this.#region.f64[word] !== value) this.#region.setF64(word, value)
  }

  get(name: Name): number {
    return this.#region.f64[this.#place.get(name) ?? 0]
  }
}

/** All counters of a memory, in their order, zeros behind them; none where it counts nothing. */
export function countsIn(memory: StateMemory): number[] {
  return memory.has(REGION) ? [...memory.region(REGION, 0).f64] : []
}

/** Sets the counters of a memory that has none. It is not part of the next delta. */
export function setCounts(memory: StateMemory, counts: readonly number[]): void {
  if (counts.length === 0) return
  const region = memory.region(REGION, counts.length * 8)
  region.f64.set(counts)
}
