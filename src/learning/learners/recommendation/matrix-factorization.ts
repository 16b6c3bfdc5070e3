// What a user will say of an item, by what they and others said.
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { columnsAt } from '../../export/columns.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { bounded, Embeddings } from './embeddings.ts'

export interface MatrixFactorizationOptions {
  /** Length of the vectors; 0 for the baseline of mean and biases alone. Default 10. */
  readonly factors?: number
  /** Whether the mean of all and a bias of each user and item are part of it. Default true. */
  readonly biased?: boolean
  /** Users and items that are kept; the one not learnt for longest makes room. Default 100,000 each. */
  readonly users?: number
  readonly items?: number
  /** Rate of the biases. Default 0.025. */
  readonly biasRate?: number
  /** Rate of the vectors. Default 0.05. */
  readonly rate?: number
  /** Pulls biases and vectors towards 0. Default 0. */
  readonly l2?: number
  /** Mean and deviation of the numbers a vector starts with. Default 0 and 0.1. */
  readonly start?: { readonly mean: number; readonly deviation: number }
  /** Greatest magnitude of the slope of the loss. Default 1e12. */
  readonly clip?: number
  /** Default 1. */
  readonly seed?: number
}

/**
 * Biased matrix factorisation by SGD on squared loss (Koren, Bell and Volinsky, "Matrix Factorization Techniques for Recommender Systems",
 * Computer 2009; without biases Funk, 2006), at the predictions of River 0.26 from the same start. It has two features, the id of the user
 * and the id of the item: whole numbers, codes or hashes of keys, up to 2^53; ids are told apart as numbers, so that a hash of 53 bits and
 * not of 32 is right for many. A missing id is one more user, or item, that all such rows share. The prediction is not clipped to a range.
 * An id that is not there is predicted without a bias, by the mean of what vectors start with. Memory: 8 bytes a factor of each user and item there is, and 32 to 64 more.
 */
export class MatrixFactorization extends RowLearner {
  readonly #set: Required<MatrixFactorizationOptions>
  readonly #users: Embeddings
  readonly #items: Embeddings
  /** Ratings and their mean. */
  readonly #all = new Float64Array(2)
  readonly #user: Float64Array
  readonly #item: Float64Array

  constructor(options: MatrixFactorizationOptions = {}) {
    const kind = 'matrix-factorization'
    const set = {
      factors: 10,
      biased: true,
      users: 100_000,
      items: 100_000,
      biasRate: 0.025,
      rate: 0.05,
      l2: 0,
      start: { mean: 0, deviation: 0.1 },
      clip: 1e12,
      seed: 1,
      ...options,
    }
    const { factors, users, items, start, seed } = set
    checkSetting(kind, 'factors', factors, {
      atLeast: set.biased ? 0 : 1,
      atMost: 1000,
      whole: true,
    })
    checkSetting(kind, 'users', users, { atLeast: 1, atMost: 1e8, whole: true })
    checkSetting(kind, 'items', items, { atLeast: 1, atMost: 1e8, whole: true })
    checkSetting(kind, 'biasRate', set.biasRate, { above: 0, atMost: 1 })
    checkSetting(kind, 'rate', set.rate, { above: 0, atMost: 1 })
    checkSetting(kind, 'l2', set.l2, { atLeast: 0, atMost: 1 })
    checkSetting(kind, 'start.mean', start.mean, { atLeast: -1e3, atMost: 1e3 })
    checkSetting(kind, 'start.deviation', start.deviation, { atLeast: 0, atMost: 1e3 })
    checkSetting(kind, 'clip', set.clip, { above: 0, atMost: 1e12 })
    checkSetting(kind, 'seed', seed, { whole: true })
    super({ kind, task: 'number', version: 1, features: 2, outputs: 1, settings: { ...set } })
    this.#set = set
    const of = { factors, ...start }
    this.#users = new Embeddings({ ...of, most: users, seed: 2000 * seed })
    this.#items = new Embeddings({ ...of, most: items, seed: 2000 * seed + 1000 })
    this.#user = new Float64Array(1 + factors)
    this.#item = new Float64Array(1 + factors)
  }

  protected predictRow(out: Float64Array, at: number): void {
    const user = this.#user
    const item = this.#item
    this.#users.read(this.x[0], user, 0)
    this.#items.read(this.x[1], item, 0)
    let sum = this.#set.biased ? this.#all[1] + user[0] + item[0] : 0
    for (let i = 1; i < user.length; i++) sum += user[i] * item[i]
    out[at] = sum
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { biased, factors } = this.#set
    const user = this.#users.writeGraph(graph, columnsAt(graph, rows.value(), [0]))
    const item = this.#items.writeGraph(graph, columnsAt(graph, rows.value(), [1]))
    const vectors = Array.from({ length: factors }, (_, i) => i + 1)
    const parts: GraphValue[] = []
    if (biased) {
      parts.push(graph.doubles([this.#all[1]], []))
      parts.push(columnsAt(graph, user, [0]), columnsAt(graph, item, [0]))
    }
    if (factors > 0) {
      const both = [columnsAt(graph, user, vectors), columnsAt(graph, item, vectors)]
      parts.push(graph.node('ReduceSum', [graph.node('Mul', both), graph.integers([1])]))
    }
    return parts.reduce((sum, part) => graph.node('Add', [sum, part]))
  }

  protected learnRow(label: number): void {
    const { biased, biasRate, rate, l2, clip, factors } = this.#set
    const userAt = this.#users.claim(this.x[0])
    const itemAt = this.#items.claim(this.x[1])
    const users = this.#users.weights
    const items = this.#items.weights
    const all = this.#all
    all[0]++
    all[1] += (label - all[1]) / all[0]
    let sum = biased ? all[1] + users[userAt] + items[itemAt] : 0
    for (let i = 1; i <= factors; i++) sum += users[userAt + i] * items[itemAt + i]
    const slope = Math.max(-clip, Math.min(clip, 2 * (sum - label)))
    if (biased) {
      users[userAt] = bounded(users[userAt] - biasRate * (slope + l2 * users[userAt]))
      items[itemAt] = bounded(items[itemAt] - biasRate * (slope + l2 * items[itemAt]))
    }
    for (let i = 1; i <= factors; i++) {
      const user = users[userAt + i]
      const item = items[itemAt + i]
      users[userAt + i] = bounded(user - rate * (slope * item + l2 * user))
      items[itemAt + i] = bounded(item - rate * (slope * user + l2 * item))
    }
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    writer.array(this.#all)
    this.#users.encode(writer)
    this.#items.encode(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const all = reader.doubles(2)
    const takes = [this.#users.restore(reader), this.#items.restore(reader)]
    reader.end()
    for (const take of takes) take()
    this.#all.set(all)
  }

  override get memoryBytes(): number {
    return this.#users.memoryBytes + this.#items.memoryBytes
  }
}
