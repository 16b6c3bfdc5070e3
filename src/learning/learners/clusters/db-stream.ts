// Clusters of any shape, of any number, that come and go: small round ones, joined where rows lie between them.
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'

export interface DbStreamOptions {
  readonly features: number
  /** The radius of a micro cluster, in units of the (scaled) features. Default 1. */
  readonly radius?: number
  /** A row weighs half after 1 / fading rows. Default 0.01. */
  readonly fading?: number
  /** Every how many rows the weak are removed. Default 100. */
  readonly cleanup?: number
  /** Two are joined where the weight of the rows they share is more than this part of their mean weight. Default 0.3. */
  readonly shared?: number
  /** A micro cluster that weighs less is noise. Default 1. */
  readonly weight?: number
  /** Micro clusters at most; the weakest makes room. Default 100. */
  readonly most?: number
}

/** Settings without the number of features, all stated. */
type Settings = Required<Omit<DbStreamOptions, 'features'>>

/**
 * DBSTREAM (Hahsler and Bolanos, "Clustering Data Streams Based on Shared Density between Micro-Clusters", TKDE 2016, algorithms 1 to 3).
 * The output is the number of the cluster of the nearest micro cluster, counted from 0 by the age of their oldest; -1 for noise: a row
 * that lies in no micro cluster, or in one that weighs too little. Numbers move when a cluster goes. A missing value counts 0. Scale the
 * features first. A row costs micro clusters times features, joining them their square; memory is 16 bytes a pair and 8 a feature of each.
 */
export class DbStream extends RowLearner {
  readonly #set: Settings
  /** Micro clusters, and rows learnt. */
  readonly #own = new Float64Array(2)
  /** In the order they came; when one goes, those behind it move up. */
  readonly #centres: Float64Array
  readonly #weights: Float64Array
  readonly #updated: Float64Array
  /** Weight of the rows a pair shares, and when that was, at [older, newer]. */
  readonly #shared: Float64Array
  readonly #sharedAt: Float64Array
  /** Of the row at hand: the micro clusters it lies in, and where their centres were. */
  readonly #near: Int32Array
  readonly #before: Float64Array
  readonly #labels: Int32Array
  #joined = false

  constructor({ features, ...options }: DbStreamOptions) {
    const kind = 'db-stream'
    const set: Settings = {
      radius: 1,
      fading: 0.01,
      cleanup: 100,
      shared: 0.3,
      weight: 1,
      most: 100,
      ...options,
    }
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'radius', set.radius, { above: 0, atMost: 1e50 })
    checkSetting(kind, 'fading', set.fading, { above: 0, atMost: 1 })
    checkSetting(kind, 'cleanup', set.cleanup, { atLeast: 1, whole: true })
    checkSetting(kind, 'shared', set.shared, { above: 0, atMost: 1 })
    checkSetting(kind, 'weight', set.weight, { atLeast: 0 })
    checkSetting(kind, 'most', set.most, { atLeast: 1, atMost: 2000, whole: true })
    super({
      kind,
      task: 'clusters',
      version: 1,
      features,
      outputs: 1,
      settings: { ...set },
      missing: 0,
    })
    this.#set = set
    const { most } = set
    this.#centres = new Float64Array(most * features)
    this.#weights = new Float64Array(most)
    this.#updated = new Float64Array(most)
    this.#shared = new Float64Array(most * most)
    this.#sharedAt = new Float64Array(most * most)
    this.#near = new Int32Array(most)
    this.#before = new Float64Array(most * features)
    this.#labels = new Int32Array(most)
  }

  /** Clusters there are now, noise left out. */
  get clusters(): number {
    this.#join()
    let most = -1
    for (let i = 0; i < this.#own[0]; i++) most = Math.max(most, this.#labels[i])
    return most + 1
  }

  /** Of each micro cluster, oldest first: its centre and, behind it, its weight now. */
  get micro(): readonly Float64Array[] {
    return Array.from({ length: this.#own[0] }, (_, i) =>
      Float64Array.of(
        ...this.#centres.subarray(i * this.features, (i + 1) * this.features),
        this.#weightNow(i),
      ),
    )
  }

  protected predictRow(out: Float64Array, at: number): void {
    let nearest = -1
    let least = this.#set.radius ** 2
    for (let i = 0; i < this.#own[0]; i++) {
      const distance = this.#distance(i)
      if (distance >= least) continue
      least = distance
      nearest = i
    }
    if (nearest >= 0) this.#join()
    out[at] = nearest < 0 ? -1 : this.#labels[nearest]
  }

  protected learnRow(): void {
    const { radius } = this.#set
    let near = 0
    for (let i = 0; i < this.#own[0]; i++) {
      if (this.#distance(i) < radius * radius) this.#near[near++] = i
    }
    if (near === 0) this.#add()
    else this.#move(near)
    this.#own[1]++
    if (this.#own[1] % this.#set.cleanup === 0) this.#clean()
    this.#joined = false
  }

  /** Squared, of the row at hand. */
  #distance(micro: number): number {
    const { x } = this
    let sum = 0
    for (let i = 0, at = micro * x.length; i < x.length; i++, at++) {
      const apart = this.#centres[at] - x[i]
      sum += apart * apart
    }
    return sum
  }

  #faded(weight: number, since: number): number {
    return weight * 2 ** (-this.#set.fading * (this.#own[1] - since))
  }

  #add(): void {
    const { most } = this.#set
    if (this.#own[0] === most) {
      let weakest = 0
      for (let i = 1; i < most; i++) {
        const [one, other] = [i, weakest].map((m) =>
          this.#faded(this.#weights[m], this.#updated[m]),
        )
        if (one < other) weakest = i
      }
      this.#remove(weakest)
    }
    const micro = this.#own[0]++
    this.#centres.set(this.x, micro * this.features)
    this.#weights[micro] = 1
    this.#updated[micro] = this.#own[1]
    for (let i = 0; i < most; i++) {
      this.#shared[i * most + micro] = 0
      this.#shared[micro * most + i] = 0
    }
  }

  /** Weighs and moves those the row lies in, but never two of them into one. */
  #move(near: number): void {
    const { x, features } = this
    const { most, radius } = this.#set
    const now = this.#own[1]
    for (let n = 0; n < near; n++) {
      const micro = this.#near[n]
      const from = micro * features
      this.#weights[micro] = this.#faded(this.#weights[micro], this.#updated[micro]) + 1
      this.#updated[micro] = now
      // A Gaussian kernel whose deviation is a third of the radius.
      const pull = Math.exp((-9 * this.#distance(micro)) / (2 * radius * radius))
      for (let i = 0; i < features; i++) {
        const centre = this.#centres[from + i]
        this.#before[from + i] = centre
        this.#centres[from + i] += pull * (x[i] - centre)
      }
      for (let m = n + 1; m < near; m++) {
        const pair = micro * most + this.#near[m]
        this.#shared[pair] = this.#faded(this.#shared[pair], this.#sharedAt[pair]) + 1
        this.#sharedAt[pair] = now
      }
    }
    for (let n = 0; n < near; n++) {
      for (let m = n + 1; m < near; m++) this.#keepApart(this.#near[n], this.#near[m])
    }
  }

  #keepApart(one: number, other: number): void {
    const { features } = this
    let sum = 0
    for (let i = 0; i < features; i++) {
      const apart = this.#centres[one * features + i] - this.#centres[other * features + i]
      sum += apart * apart
    }
    if (sum >= this.#set.radius ** 2) return
    for (const at of [one * features, other * features]) {
      for (let i = at; i < at + features; i++) this.#centres[i] = this.#before[i]
    }
  }

  #clean(): void {
    const { most, fading, cleanup, shared } = this.#set
    const weak = 2 ** (-fading * cleanup)
    for (let i = this.#own[0] - 1; i >= 0; i--) {
      if (this.#faded(this.#weights[i], this.#updated[i]) < weak) this.#remove(i)
    }
    for (let i = 0; i < this.#own[0]; i++) {
      for (let pair = i * most + i + 1; pair < i * most + this.#own[0]; pair++) {
        const weight = this.#faded(this.#shared[pair], this.#sharedAt[pair])
        if (weight < shared * weak) this.#shared[pair] = 0
      }
    }
  }

  #remove(micro: number): void {
    const { most } = this.#set
    const { features } = this
    const count = --this.#own[0]
    this.#centres.copyWithin(micro * features, (micro + 1) * features, (count + 1) * features)
    for (const each of [this.#weights, this.#updated]) each.copyWithin(micro, micro + 1, count + 1)
    for (const each of [this.#shared, this.#sharedAt]) {
      for (let row = 0; row <= count; row++) {
        each.copyWithin(row * most + micro, row * most + micro + 1, row * most + count + 1)
      }
      each.copyWithin(micro * most, (micro + 1) * most, (count + 1) * most)
    }
  }

  /** Gives each micro cluster the number of its cluster, or -1: those that share enough rows are one. */
  #join(): void {
    if (this.#joined) return
    this.#joined = true
    const count = this.#own[0]
    const labels = this.#labels.fill(-1)
    const stack = this.#near
    let clusters = 0
    for (let first = 0; first < count; first++) {
      if (labels[first] >= 0 || this.#weightNow(first) < this.#set.weight) continue
      labels[first] = clusters
      let depth = 0
      stack[depth++] = first
      while (depth > 0) {
        const micro = stack[--depth]
        for (let other = 0; other < count; other++) {
          if (labels[other] >= 0 || !this.#connected(micro, other)) continue
          labels[other] = clusters
          stack[depth++] = other
        }
      }
      clusters++
    }
  }

  #weightNow(micro: number): number {
    return this.#faded(this.#weights[micro], this.#updated[micro])
  }

  #connected(one: number, other: number): boolean {
    const { most, shared, weight } = this.#set
    const pair = Math.min(one, other) * most + Math.max(one, other)
    if (one === other || this.#shared[pair] === 0) return false
    const [a, b] = [this.#weightNow(one), this.#weightNow(other)]
    if (a < weight || b < weight) return false
    return this.#faded(this.#shared[pair], this.#sharedAt[pair]) > (shared * (a + b)) / 2
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    const count = this.#own[0]
    writer.array(this.#own)
    writer.array(this.#centres.subarray(0, count * this.features))
    writer.array(this.#weights.subarray(0, count))
    writer.array(this.#updated.subarray(0, count))
    for (const pairs of [this.#shared, this.#sharedAt]) {
      const kept = new Float64Array((count * (count - 1)) / 2)
      this.#eachPair(count, (pair, at) => {
        kept[at] = this.#shared[pair] === 0 ? 0 : pairs[pair]
      })
      writer.array(kept)
    }
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const own = reader.doubles(2)
    const count = Math.min(own[0], this.#set.most)
    const parts = [count * this.features, count, count].map((length) => reader.doubles(length))
    const pairs = [1, 2].map(() => reader.doubles((count * (count - 1)) / 2))
    reader.end()
    this.#own.set(own)
    ;[this.#centres, this.#weights, this.#updated].forEach((each, i) => each.set(parts[i]))
    this.#eachPair(count, (pair, at) => {
      this.#shared[pair] = pairs[0][at]
      this.#sharedAt[pair] = pairs[1][at]
    })
    this.#joined = false
  }

  #eachPair(count: number, take: (pair: number, at: number) => void): void {
    for (let i = 0, at = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) take(i * this.#set.most + j, at++)
    }
  }

  override get memoryBytes(): number {
    return 2 * (this.#centres.byteLength + this.#shared.byteLength) + 24 * this.#weights.length
  }
}
