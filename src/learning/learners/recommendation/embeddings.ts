// A bias and a vector for each of a bounded number of ids.
import { hashNumber, KeyTable } from '../../key-table.ts'
import type { GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'

/** An element type of ONNX. */
const INT64 = 7

/** The greatest magnitude of a weight: a product of two, times a slope, stays finite. */
const GREATEST = 1e30

export interface EmbeddingsOptions {
  /** Ids at most; the one not learnt for longest makes room. */
  readonly most: number
  /** Length of a vector. */
  readonly factors: number
  /** Mean and deviation of the numbers a vector starts with. */
  readonly mean: number
  readonly deviation: number
  readonly seed: number
}

/**
 * What an id starts with follows from the id and the seed alone (Box and Muller, 1958, on its hash): an id that was forgotten starts as it
 * did before, and no generator is part of the state.
 */
export class Embeddings {
  readonly #of: EmbeddingsOptions
  readonly #width: number
  #table: KeyTable
  #weights = new Float64Array(0)

  constructor(options: EmbeddingsOptions) {
    this.#of = options
    this.#width = 1 + options.factors
    this.#table = new KeyTable(options.most)
  }

  /** The weights of all ids that were claimed; an id's bias is at its place times the width, its vector behind. Changes with `claim`. */
  get weights(): Float64Array {
    return this.#weights
  }

  /** Where the weights of an id begin, or -1 where it is not there. */
  find(id: number): number {
    const place = this.#table.find(id)
    return place < 0 ? -1 : place * this.#width
  }

  /** Where the weights of an id begin, which is taken in where it is new. */
  claim(id: number): number {
    const claimed = this.#table.claim(id)
    if (claimed >= 0) return claimed * this.#width
    const length = this.#table.room * this.#width
    if (this.#weights.length < length) {
      const grown = new Float64Array(length)
      grown.set(this.#weights)
      this.#weights = grown
    }
    const at = ~claimed * this.#width
    this.start(id, this.#weights, at)
    return at
  }

  /** Copies the weights of an id to `into[to ...]`; an id that is not there has the mean of what ids start with. */
  read(id: number, into: Float64Array, to: number): void {
    const at = this.find(id)
    if (at < 0) {
      into[to] = 0
      into.fill(this.#of.mean, to + 1, to + this.#width)
    } else for (let i = 0; i < this.#width; i++) into[to + i] = this.#weights[at + i]
  }

  start(id: number, into: Float64Array, at: number): void {
    const { factors, mean, deviation, seed } = this.#of
    into[at] = 0
    for (let i = 1; i <= factors; i++) {
      into[at + i] = mean + (deviation === 0 ? 0 : deviation * normal(id, seed + i))
    }
  }

  /** What `read` gives of the ids in a column, [rows, 1 + factors]. */
  writeGraph(graph: GraphWriter, ids: GraphValue): GraphValue {
    const { factors, mean } = this.#of
    const [keys] = this.#table.encode()
    const unknown = keys.length
    const places = [...keys.keys()].filter((place) => !Number.isNaN(keys[place]))
    const missing = keys.findIndex((key) => Number.isNaN(key))
    const found = graph.lookup(ids, {
      keys: places.map((place) => keys[place]),
      values: places,
      otherwise: unknown,
    })
    const instead = graph.doubles([missing < 0 ? unknown : missing], [])
    const place = graph.node('Where', [graph.node('IsNaN', [ids]), instead, found])
    const table = new Float64Array((unknown + 1) * this.#width).fill(mean)
    table.set(this.#weights.subarray(0, unknown * this.#width))
    table[unknown * this.#width] = 0
    const weights = graph.doubles(table, [unknown + 1, 1 + factors])
    const row = graph.node('Cast', [graph.node('Squeeze', [place, graph.integers([1])])], {
      to: INT64,
    })
    return graph.node('Gather', [weights, row], { axis: 0 })
  }

  encode(writer: StateWriter): void {
    for (const array of this.#table.encode()) writer.array(array)
    writer.array(this.#weights.subarray(0, this.#table.count * this.#width))
  }

  /** Reads what `encode` wrote; gives what takes it over. */
  restore(reader: StateReader): () => void {
    const table = reader.keys(new KeyTable(this.#of.most))
    const weights = reader.doubles(table.count * this.#width)
    return () => {
      this.#table = table
      this.#weights = weights
    }
  }

  get memoryBytes(): number {
    return this.#table.memoryBytes + this.#weights.byteLength
  }
}

function normal(id: number, seed: number): number {
  const radius = (hashNumber(id, Math.imul(seed, 2)) + 0.5) / 2 ** 32
  const angle = hashNumber(id, Math.imul(seed, 2) + 1) / 2 ** 32
  return Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * angle)
}

/** A weight within the bounds. */
export function bounded(weight: number): number {
  return weight > GREATEST ? GREATEST : weight < -GREATEST ? -GREATEST : weight
}
