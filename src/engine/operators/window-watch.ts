// Numbers of rows that are compared window by window. All it knows is a region of the task's memory: how far it is, and of the reference and of the
// window as many rows as are kept. What it tells is a function of the rows in their order: a window is over when the first row behind it comes.
import { PRESENT, type Column } from '../../contracts/columns.ts'
import type { Direction } from '../../contracts/detector.ts'
import type { WindowVerdict } from '../../contracts/window-test.ts'
import type { WindowDriftPlan } from '../../pipeline/plan.ts'
import type { StateMemory } from '../state/memory.ts'
import { WORD_BYTES, type Region } from '../state/region.ts'
import { numbersOf } from './plain-columns.ts'
import { placeOf } from './sample-place.ts'

// Words of the region; behind them one a number, 1 where it had drifted in the window before; then the columns of the reference, and those of
// the window, each as long as rows are kept.
const PHASE = 0
/** Rows. */
const SEEN = 1
/** Of the reference: its rows, from where to where it is, ms. */
const REFERENCE_ROWS = 2
const REFERENCE_FROM = 3
const REFERENCE_TO = 4
/** Of the window: its rows, and where it begins, ms. */
const ROWS = 5
const FROM = 6
const WORDS = 7

/** Phases. */
const NEW = 0
const GATHERING = 1
const COMPARING = 2

/** A number that drifted in a window, and had not in the one before. */
export interface WindowedDrift {
  /** Its place among the numbers of the plan. */
  readonly number: number
  /** Which way its mean went; 0 of categories, which have none. */
  readonly direction: Direction
  /** Rows until the end of the window. */
  readonly seen: number
  readonly window: WindowPart & { readonly times: Times }
  /** Without times where its rows were given. */
  readonly reference: WindowPart & { readonly times: Times | undefined }
  /** In the unit of the test. */
  readonly effect: number
  /** Chance of at least that without a change, adjusted for how many numbers there are. */
  readonly chance: number
}

export interface WindowPart {
  readonly rows: number
  /** Of the values that are kept and finite. */
  readonly mean: number
}

/** ms, the end not included. */
interface Times {
  readonly from: number
  readonly to: number
}

const NONE: readonly WindowedDrift[] = []

export class WindowWatch {
  readonly #plan: WindowDriftPlan
  readonly #region: Region
  readonly #given: readonly Float64Array[] | undefined
  /** Word of the first column of the reference, and of the window. */
  readonly #reference: number
  readonly #window: number

  constructor(memory: StateMemory, name: string, plan: WindowDriftPlan) {
    const { numbers, rows, reference } = plan
    this.#plan = plan
    this.#given =
      typeof reference === 'object'
        ? reference.map((column) => Float64Array.from(column))
        : undefined
    this.#reference = WORDS + numbers.length
    this.#window = this.#reference + (this.#given === undefined ? numbers.length * rows : 0)
    this.#region = memory.region(name, (this.#window + numbers.length * rows) * WORD_BYTES)
  }

  /**
   * Takes a row, of a merge time not before the last one's.
   * @param columns one a number of the plan.
   * @returns what drifted in the window that the row lies behind.
   */
  take(time: number, columns: readonly Column[], row: number): readonly WindowedDrift[] {
    const told = this.#pass(time)
    const { f64 } = this.#region
    const gathering = f64[PHASE] === GATHERING
    this.#keep(gathering ? REFERENCE_ROWS : ROWS, columns, row)
    this.#region.setF64(SEEN, f64[SEEN] + 1)
    return told
  }

  #pass(time: number): readonly WindowedDrift[] {
    const { f64 } = this.#region
    const { windowMs, test } = this.#plan
    if (f64[PHASE] === NEW) this.#begin(time)
    if (f64[PHASE] === GATHERING) {
      const to = f64[REFERENCE_TO]
      if (time < to) return NONE
      const behind = startOf(time, to, windowMs)
      if (f64[REFERENCE_ROWS] < test.leastRows) this.#region.setF64(REFERENCE_TO, behind + windowMs)
      else this.#compareFrom(behind)
      return NONE
    }
    if (time < f64[FROM] + windowMs) return NONE
    const told = this.#judge()
    if (told.length > 0 && typeof this.#plan.reference === 'number') this.#begin(time)
    else {
      if (this.#plan.reference === 'before') this.#keepWindow()
      this.#compareFrom(startOf(time, f64[FROM], windowMs))
    }
    return told
  }

  /** Anew, with the window of epoch time that the row lies in. */
  #begin(time: number): void {
    const region = this.#region
    const { windowMs, reference, numbers } = this.#plan
    const from = startOf(time, 0, windowMs)
    for (let i = 0; i < numbers.length; i++) region.setF64(WORDS + i, 0)
    region.setF64(REFERENCE_ROWS, 0)
    if (typeof reference !== 'number') {
      this.#compareFrom(from)
      return
    }
    region.setF64(PHASE, GATHERING)
    region.setF64(REFERENCE_FROM, from)
    region.setF64(REFERENCE_TO, from + reference)
  }

  #compareFrom(from: number): void {
    this.#region.setF64(PHASE, COMPARING)
    this.#region.setF64(ROWS, 0)
    this.#region.setF64(FROM, from)
  }

  #judge(): readonly WindowedDrift[] {
    const reference = this.#given ?? this.#columns(this.#reference, REFERENCE_ROWS)
    if (reference[0].length === 0) return NONE
    const window = this.#columns(this.#window, ROWS)
    const told: WindowedDrift[] = []
    this.#plan.test.judge(reference, window).forEach((verdict, number) => {
      const { effect, chance, drifted } = verdict
      if (effect === undefined || chance === undefined) return
      const flag = WORDS + number
      const before = this.#region.f64[flag] === 1
      if (before !== drifted) this.#region.setF64(flag, drifted ? 1 : 0)
      if (drifted && !before)
        told.push(this.#drift(number, { ...verdict, effect, chance }, { reference, window }))
    })
    return told
  }

  #drift(
    number: number,
    { effect, chance }: Required<WindowVerdict> & { effect: number; chance: number },
    of: { readonly reference: readonly Float64Array[]; readonly window: readonly Float64Array[] },
  ): WindowedDrift {
    const { f64 } = this.#region
    const { windowMs, test } = this.#plan
    const given = this.#given?.[number]
    const before = meanOf(of.reference[number])
    const after = meanOf(of.window[number])
    return {
      number,
      direction: test.categories || before === after ? 0 : after > before ? 1 : -1,
      seen: f64[SEEN],
      window: {
        rows: f64[ROWS],
        times: { from: f64[FROM], to: f64[FROM] + windowMs },
        mean: after,
      },
      reference: {
        rows: given?.length ?? f64[REFERENCE_ROWS],
        times:
          given === undefined ? { from: f64[REFERENCE_FROM], to: f64[REFERENCE_TO] } : undefined,
        mean: before,
      },
      effect,
      chance,
    }
  }

  /** Views. */
  #columns(first: number, rows: number): Float64Array[] {
    const { f64 } = this.#region
    const { rows: kept, numbers } = this.#plan
    const count = Math.min(f64[rows], kept)
    return numbers.map((_, i) => f64.subarray(first + i * kept, first + i * kept + count))
  }

  #keep(rows: typeof ROWS | typeof REFERENCE_ROWS, columns: readonly Column[], row: number): void {
    const region = this.#region
    const { rows: kept } = this.#plan
    const count = region.f64[rows]
    const place = placeOf(count, kept)
    const first = rows === ROWS ? this.#window : this.#reference
    if (place >= 0)
      for (let i = 0; i < columns.length; i++)
        region.setF64(first + i * kept + place, valueOf(columns[i], row))
    region.setF64(rows, count + 1)
  }

  /** The window is what the next one is compared with. */
  #keepWindow(): void {
    const region = this.#region
    const { f64 } = region
    const { rows: kept, numbers, windowMs } = this.#plan
    const count = Math.min(f64[ROWS], kept)
    for (let i = 0; i < numbers.length; i++) {
      const [to, from] = [this.#reference + i * kept, this.#window + i * kept]
      f64.copyWithin(to, from, from + count)
      region.touchWords(to, count)
    }
    region.setF64(REFERENCE_ROWS, f64[ROWS])
    region.setF64(REFERENCE_FROM, f64[FROM])
    region.setF64(REFERENCE_TO, f64[FROM] + windowMs)
  }
}

/** Where the window begins that a time lies in, of those that begin at `origin`. */
function startOf(time: number, origin: number, windowMs: number): number {
  return origin + Math.floor((time - origin) / windowMs) * windowMs
}

function valueOf(column: Column, row: number): number {
  const { marks } = column
  return marks !== undefined && marks[row] !== PRESENT ? NaN : numbersOf(column)[row]
}

function meanOf(values: Float64Array): number {
  let [sum, count] = [0, 0]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    sum += value
    count++
  }
  return sum / count
}
