// One number under watch: its detector, and what it was before and after a drift. All it knows is a region of the task's memory; what is
// here is made of that, and written back when a batch is through.
import { DRIFT, type Detector, type Direction } from '../../contracts/detector.ts'
import type { DriftPlan } from '../../pipeline/plan.ts'
import type { StateMemory } from '../state/memory.ts'
import { WORD_BYTES, type Region } from '../state/region.ts'

/** Numbers whose mean is that after a drift, of a detector that does not compare two parts itself. */
const NEWEST = 64

// Words of the region; behind them the newest numbers, and behind those the bytes of the detector.
/** Numbers, and drifts that were told, kept back because of the one before, and because of their direction. */
const SEEN = 0
const TOLD = 1
const COOLED = 2
const TURNED = 3
/** Up to which number none is told. */
const UNTIL = 4
/** Numbers since the drift before, and their sum. */
const COUNT = 5
const SUM = 6
/** Bytes of the detector; 0 for one that has seen nothing. */
const BYTES = 7
const WORDS = 8
const STATE = WORDS + NEWEST

export interface WatchedDrift {
  /** Which way the number went; of errors, 1 for more of them. */
  readonly direction: Direction
  readonly seen: number
  readonly before: number | undefined
  readonly after: number
}

export class Watch {
  readonly #plan: DriftPlan
  readonly #region: Region
  readonly #detector: Detector
  #changed = false

  constructor(memory: StateMemory, name: string, plan: DriftPlan) {
    this.#plan = plan
    this.#region = memory.region(name, STATE * WORD_BYTES)
    this.#detector = plan.make()
    const { f64, u8 } = this.#region
    const from = STATE * WORD_BYTES
    if (f64[BYTES] > 0) this.#detector.restore(u8.slice(from, from + f64[BYTES]))
  }

  /** @returns a drift that is told. */
  take(value: number): WatchedDrift | undefined {
    const region = this.#region
    const { f64 } = region
    const { cooldown } = this.#plan
    const seen = f64[SEEN] + 1
    region.setF64(WORDS + (f64[SEEN] % NEWEST), value)
    region.setF64(SEEN, seen)
    region.setF64(COUNT, f64[COUNT] + 1)
    region.setF64(SUM, f64[SUM] + value)
    this.#changed = true
    if (this.#detector.update(value) !== DRIFT) return undefined
    const { direction } = this.#detector
    if (!this.#wanted(direction)) {
      region.setF64(TURNED, f64[TURNED] + 1)
      return undefined
    }
    if (seen <= f64[UNTIL]) {
      region.setF64(COOLED, f64[COOLED] + 1)
      return undefined
    }
    region.setF64(UNTIL, seen + cooldown)
    region.setF64(TOLD, f64[TOLD] + 1)
    return { direction, seen, ...this.#means(), ...this.#detector.parts }
  }

  /** Writes what the detector knows to the memory. */
  keep(): void {
    if (!this.#changed) return
    this.#changed = false
    const bytes = this.#detector.encode()
    const region = this.#region
    region.grow(STATE * WORD_BYTES + bytes.length)
    region.setF64(BYTES, bytes.length)
    const words = new Int32Array(Math.ceil(bytes.length / WORD_BYTES) * 2)
    new Uint8Array(words.buffer).set(bytes)
    // Mostly the same: what did not change is not committed.
    for (let i = 0; i < words.length; i++)
      if (region.i32[STATE * 2 + i] !== words[i]) region.setI32(STATE * 2 + i, words[i])
  }

  #wanted(direction: Direction): boolean {
    const wanted = this.#plan.direction
    return wanted === 'both' || direction === 0 || direction === (wanted === 'up' ? 1 : -1)
  }

  /** Before and after; what was after is before the next one. */
  #means(): { before: number | undefined; after: number } {
    const region = this.#region
    const { f64 } = region
    const newest = Math.min(NEWEST, f64[SEEN], f64[COUNT])
    let sum = 0
    for (let i = 0; i < newest; i++) sum += f64[WORDS + ((f64[SEEN] - 1 - i) % NEWEST)]
    const older = f64[COUNT] - newest
    const before = older === 0 ? undefined : (f64[SUM] - sum) / older
    region.setF64(COUNT, newest)
    region.setF64(SUM, sum)
    return { before, after: sum / newest }
  }
}
