// Mean and sum of squares of columns, over all rows or over the newest, without the drift of a sum that is added to and taken from.
import type { StateReader, StateWriter } from '../../state-codec.ts'

/** Of a feature: values, their mean, the sum of squared distances from it. */
const STRIDE = 3

/**
 * Welford's moments of each feature. Over a window they are merged (Chan, Golub and LeVeque, 1983) from two parts, of which one only
 * shrinks and one only grows (the two stacks of Tangwongsan, Hirzel and Schneider, "Low-Latency Sliding-Window Aggregation in Worst-Case
 * Constant Time", DEBS 2017): what leaves the window leaves no trace. A missing value is not counted.
 */
export class Moments {
  readonly #features: number
  readonly #window: number
  /** Of the rows that came since the older part was last made; of all, without a window. */
  readonly #newer: Float64Array
  /** The rows of the window, oldest first from `#first` on, in a ring. */
  readonly #ring: Float64Array
  /** For each row of the older part: the moments of it and of those of the part that came after it. */
  readonly #older: Float64Array
  /** Place of the oldest row in the ring; rows; rows of the older part that are left; rows it had. */
  readonly #counts = new Int32Array(4)

  /** `window`: 0 for all rows. */
  constructor(features: number, window: number) {
    this.#features = features
    this.#window = window
    this.#newer = new Float64Array(features * STRIDE)
    this.#ring = new Float64Array(features * window)
    this.#older = new Float64Array(features * window * STRIDE)
  }

  add(x: Float64Array): void {
    const counts = this.#counts
    if (this.#window > 0) {
      if (counts[1] === this.#window) this.#drop()
      this.#ring.set(x, ((counts[0] + counts[1]) % this.#window) * x.length)
      counts[1]++
    }
    for (let i = 0; i < x.length; i++) take(this.#newer, i * STRIDE, x[i])
  }

  #drop(): void {
    const counts = this.#counts
    if (counts[2] === 0) this.#turn()
    counts[0] = (counts[0] + 1) % this.#window
    counts[1]--
    counts[2]--
  }

  /** Makes all rows the older part. */
  #turn(): void {
    this.#counts[2] = this.#counts[1]
    this.#counts[3] = this.#counts[1]
    this.#fillOlder()
    this.#newer.fill(0)
  }

  /** Moments of each row of the older part and those after it, from its last row backwards. Row r of those left is at `made - left + r`. */
  #fillOlder(): void {
    const features = this.#features
    const older = this.#older
    const [first, , left, made] = this.#counts
    const width = features * STRIDE
    for (let row = left - 1; row >= 0; row--) {
      const at = (made - left + row) * width
      if (row === left - 1) older.fill(0, at, at + width)
      else older.copyWithin(at, at + width, at + 2 * width)
      const place = ((first + row) % this.#window) * features
      for (let i = 0; i < features; i++) take(older, at + i * STRIDE, this.#ring[place + i])
    }
  }

  /** Values of a feature. */
  count(feature: number): number {
    const at = this.#olderAt(feature)
    return this.#newer[feature * STRIDE] + (at < 0 ? 0 : this.#older[at])
  }

  mean(feature: number): number {
    const newer = this.#newer
    const own = feature * STRIDE
    const at = this.#olderAt(feature)
    if (at < 0 || this.#older[at] === 0) return newer[own + 1]
    const count = this.#older[at] + newer[own]
    return this.#older[at + 1] + ((newer[own + 1] - this.#older[at + 1]) * newer[own]) / count
  }

  /** The sample variance (n - 1) of a feature; 0 of fewer than two values. */
  variance(feature: number): number {
    const newer = this.#newer
    const own = feature * STRIDE
    const at = this.#olderAt(feature)
    const older = at < 0 ? 0 : this.#older[at]
    const count = older + newer[own]
    if (count < 2) return 0
    if (older === 0) return newer[own + 2] / (count - 1)
    const apart = newer[own + 1] - this.#older[at + 1]
    const between = (apart * apart * older * newer[own]) / count
    return (this.#older[at + 2] + newer[own + 2] + between) / (count - 1)
  }

  #olderAt(feature: number): number {
    const left = this.#counts[2]
    if (left === 0) return -1
    return ((this.#counts[3] - left) * this.#features + feature) * STRIDE
  }

  encode(writer: StateWriter): void {
    writer.array(this.#counts)
    writer.array(this.#newer)
    writer.array(this.#ring)
  }

  /** Reads what `encode` wrote; gives what takes it over. */
  read(reader: StateReader): () => void {
    const counts = reader.ints(4)
    const newer = reader.doubles(this.#newer.length)
    const ring = reader.doubles(this.#ring.length)
    return () => {
      this.#counts.set(counts)
      this.#newer.set(newer)
      this.#ring.set(ring)
      this.#fillOlder()
    }
  }

  get memoryBytes(): number {
    return this.#newer.byteLength + this.#ring.byteLength + this.#older.byteLength
  }
}

function take(moments: Float64Array, at: number, value: number): void {
  if (value !== value) return
  const before = moments[at + 1]
  moments[at]++
  moments[at + 1] += (value - before) / moments[at]
  moments[at + 2] += (value - before) * (value - moments[at + 1])
}
