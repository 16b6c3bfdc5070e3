// References to texts in the tiles of a level: a tile holds what its folds hold, and lets it go with them.
import type { Fold } from './fold.ts'
import type { Ring } from './ring.ts'
import type { Texts } from './texts.ts'

export class TileTexts {
  readonly #texts: Texts
  readonly #folds: readonly Fold[]
  readonly #old: Float64Array
  readonly #new: Float64Array
  #count = 0

  /** @param folds those of the level. */
  constructor(texts: Texts, folds: readonly Fold[]) {
    this.#texts = texts
    this.#folds = folds.filter(({ bytes }) => bytes)
    // An aggregate refers to no more than it has doubles.
    const most = Math.max(...this.#folds.map(({ aggregate }) => aggregate.width))
    this.#old = new Float64Array(most)
    this.#new = new Float64Array(most)
  }

  /** To be called before an event is added to a fold of a tile, whose folds begin at `at`. */
  before({ aggregate, at: place, bytes }: Fold, state: Float64Array, at: number): void {
    if (bytes) this.#count = aggregate.references?.(state, at + place, this.#old) ?? 0
  }

  /** To be called after it: takes what is new, then gives what is gone. Only what changes is touched. */
  after({ aggregate, at: place, bytes }: Fold, state: Float64Array, at: number): void {
    if (!bytes) return
    const count = aggregate.references?.(state, at + place, this.#new) ?? 0
    let next = 0
    // Those that stayed keep their order, and new ones come behind them.
    for (let i = 0; i < this.#count; i++)
      if (this.#new[next] === this.#old[i] && next < count) next++
    for (let i = next; i < count; i++) this.#texts.retain(this.#new[i])
    next = 0
    for (let i = 0; i < this.#count; i++) {
      if (next < count && this.#new[next] === this.#old[i]) next++
      else this.#texts.release(this.#old[i])
    }
  }

  /** Gives what the oldest tiles of a key hold. */
  released(tiles: Ring, count: number): void {
    for (let tile = 0; tile < count; tile++)
      for (const { aggregate, at } of this.#folds) {
        const { f64 } = tiles.region
        const held = aggregate.references?.(f64, tiles.at(tile) + 1 + at, this.#old) ?? 0
        for (let i = 0; i < held; i++) this.#texts.release(this.#old[i])
      }
  }
}
