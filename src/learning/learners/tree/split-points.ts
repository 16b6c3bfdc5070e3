// What the leaves of a regression tree know of their features: for each a binary search tree over the values it had, rounded to a
// tenth, each with the target's moments of the rows up to it that came by. All trees of all leaves share one pool of points.
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { grown } from './grown.ts'
import { addMoments, addValue, COUNT, MOMENTS, takeMoments, variance } from './moments.ts'

/** Of the doubles of a point. */
const MOMENTS_AT = 1
const POINT = 1 + MOMENTS
/** Of its whole numbers. */
const LOWER = 0
const HIGHER = 1
const LINKS = 2

export const NONE = -1

/** A point is not deeper: where values come sorted a tree is a line. A value that has no point is still counted at those above it. */
const MAX_DEPTH = 256

/** What a walk is about to do at a point. */
const ENTER = 0
const JUDGE = 1
const ADD = 2
const TAKE = 3

/** The best place to split that a walk found, and the moments on both sides of it. */
export class SplitFound {
  merit: number = -Infinity
  value: number = Number.NaN
  readonly left: Float64Array = new Float64Array(MOMENTS)
  readonly right: Float64Array = new Float64Array(MOMENTS)

  clear(): void {
    this.merit = -Infinity
    this.value = Number.NaN
  }

  copy({ merit, value, left, right }: SplitFound): void {
    this.merit = merit
    this.value = value
    this.left.set(left)
    this.right.set(right)
  }
}

export interface BadPoints {
  /** Merit of the best split of the leaf. */
  readonly best: number
  /** A point is bad whose merit is less than this share of it. */
  readonly share: number
}

/**
 * The extended binary search tree of FIMT-DD (Ikonomovska, Gama and Dzeroski, "Learning Model Trees from Evolving Data Streams", Data
 * Mining and Knowledge Discovery 23, 2011), as River keeps it: a point has the moments of its value and of its lower side.
 */
export class SplitPoints {
  #used = 0
  #free = NONE
  #freed = 0
  #values: Float64Array<ArrayBuffer> = new Float64Array(16 * POINT)
  #links: Int32Array<ArrayBuffer> = new Int32Array(16 * LINKS)
  /** Rows that either side of a split must have. */
  readonly #leastRows: number
  readonly #below = new Float64Array(MOMENTS)
  readonly #left = new Float64Array(MOMENTS)
  readonly #right = new Float64Array(MOMENTS)
  #stack: Int32Array<ArrayBuffer> = new Int32Array(64)

  constructor(leastRows: number) {
    this.#leastRows = leastRows
  }

  /** Bytes of the points that are in use, or were. */
  get bytes(): number {
    return this.#used * (8 * POINT + 4 * LINKS)
  }

  /** Whether so many more points take no more than those bytes. */
  roomFor(points: number, bytes: number): boolean {
    return (points - this.#freed) * (8 * POINT + 4 * LINKS) <= bytes || this.#freed >= points
  }

  /** Adds a row to the tree at `root`. @returns its root, which is new where it was NONE. */
  add(root: number, value: number, target: number, weight: number): number {
    let at = root
    let last = NONE
    let side = LOWER
    let depth = 0
    while (at !== NONE) {
      depth++
      const own = this.#values[at * POINT]
      last = at
      if (value > own) side = HIGHER
      else {
        addValue(this.#values, at * POINT + MOMENTS_AT, target, weight)
        if (value === own) return root
        side = LOWER
      }
      at = this.#links[at * LINKS + side]
    }
    if (depth >= MAX_DEPTH) return root
    const made = this.#make(value)
    addValue(this.#values, made * POINT + MOMENTS_AT, target, weight)
    if (last === NONE) return made
    this.#links[last * LINKS + side] = made
    return root
  }

  /** Finds the best place to split among the points of a tree; of equals the lowest. `all`: the moments of the leaf. */
  best(root: number, all: Float64Array, allAt: number, found: SplitFound): void {
    this.#below.fill(0)
    let depth = this.#push(0, root, ENTER)
    while (depth > 0) {
      depth -= 2
      const at = this.#stack[depth]
      const values = this.#values
      switch (this.#stack[depth + 1]) {
        case ENTER: {
          const higher = this.#links[at * LINKS + HIGHER]
          if (higher !== NONE) {
            depth = this.#push(depth, at, TAKE)
            depth = this.#push(depth, higher, ENTER)
            depth = this.#push(depth, at, ADD)
          }
          depth = this.#push(depth, at, JUDGE)
          const lower = this.#links[at * LINKS + LOWER]
          if (lower !== NONE) depth = this.#push(depth, lower, ENTER)
          break
        }
        case ADD:
          addMoments(this.#below, 0, values, at * POINT + MOMENTS_AT)
          break
        case TAKE:
          takeMoments(this.#below, 0, values, at * POINT + MOMENTS_AT)
          break
        default: {
          const merit = this.#merit(at, all, allAt)
          if (merit > found.merit) {
            found.merit = merit
            found.value = values[at * POINT]
            found.left.set(this.#left)
            found.right.set(this.#right)
          }
        }
      }
    }
  }

  /**
   * Gives up the points that cannot become the best, as FIMT-DD does: those that are bad and have no point below that is not. As in
   * River, what lies above a point whose lower side is kept is not looked at. @returns the root.
   */
  prune(root: number, all: Float64Array, allAt: number, bad: BadPoints): number {
    this.#below.fill(0)
    return this.#pruned(root, all, allAt, bad) ? NONE : root
  }

  /** Frees a tree. */
  release(root: number): void {
    let depth = this.#push(0, root, ENTER)
    while (depth > 0) {
      depth -= 2
      const at = this.#stack[depth]
      if (at === NONE) continue
      depth = this.#push(depth, this.#links[at * LINKS + LOWER], ENTER)
      depth = this.#push(depth, this.#links[at * LINKS + HIGHER], ENTER)
      this.#links[at * LINKS] = this.#free
      this.#free = at
      this.#freed++
    }
  }

  write(writer: StateWriter): void {
    writer.array(Int32Array.of(this.#used, this.#free, this.#freed))
    writer.array(this.#values.subarray(0, this.#used * POINT))
    writer.array(this.#links.subarray(0, this.#used * LINKS))
  }

  static read(reader: StateReader, leastRows: number): SplitPoints {
    const points = new SplitPoints(leastRows)
    const [used, free, freed] = reader.ints(3)
    points.#used = used
    points.#free = free
    points.#freed = freed
    points.#values = reader.doubles(used * POINT)
    points.#links = reader.ints(used * LINKS)
    return points
  }

  /** Variance less what is left of it behind the split at a point; leaves both sides in #left and #right. */
  #merit(at: number, all: Float64Array, allAt: number): number {
    const left = this.#left
    const right = this.#right
    const from = at * POINT + MOMENTS_AT
    for (let i = 0; i < MOMENTS; i++) {
      left[i] = this.#values[from + i]
      right[i] = all[allAt + i]
    }
    addMoments(left, 0, this.#below, 0)
    takeMoments(right, 0, left, 0)
    if (!(left[COUNT] >= this.#leastRows && right[COUNT] >= this.#leastRows)) return 0
    const rows = all[allAt + COUNT]
    return (
      variance(all, allAt) -
      (left[COUNT] / rows) * variance(left, 0) -
      (right[COUNT] / rows) * variance(right, 0)
    )
  }

  /** Whether the tree at that point was given up. Its depth is bounded by MAX_DEPTH. */
  #pruned(at: number, all: Float64Array, allAt: number, bad: BadPoints): boolean {
    if (at === NONE) return true
    const links = this.#links
    if (!this.#pruned(links[at * LINKS + LOWER], all, allAt, bad)) return false
    links[at * LINKS + LOWER] = NONE
    if (links[at * LINKS + HIGHER] !== NONE) {
      addMoments(this.#below, 0, this.#values, at * POINT + MOMENTS_AT)
      const whole = this.#pruned(links[at * LINKS + HIGHER], all, allAt, bad)
      if (whole) links[at * LINKS + HIGHER] = NONE
      takeMoments(this.#below, 0, this.#values, at * POINT + MOMENTS_AT)
      if (!whole) return false
    }
    if (!(this.#merit(at, all, allAt) / bad.best < bad.share)) return false
    links[at * LINKS] = this.#free
    this.#free = at
    this.#freed++
    return true
  }

  #make(value: number): number {
    let made = this.#free
    if (made === NONE) {
      made = this.#used++
      this.#values = grown(this.#values, this.#used * POINT)
      this.#links = grown(this.#links, this.#used * LINKS)
    } else {
      this.#free = this.#links[made * LINKS]
      this.#freed--
    }
    this.#values.fill(0, made * POINT, (made + 1) * POINT)
    this.#values[made * POINT] = value
    this.#links.fill(NONE, made * LINKS, (made + 1) * LINKS)
    return made
  }

  #push(depth: number, at: number, then: number): number {
    this.#stack = grown(this.#stack, depth + 2)
    this.#stack[depth] = at
    this.#stack[depth + 1] = then
    return depth + 2
  }
}
