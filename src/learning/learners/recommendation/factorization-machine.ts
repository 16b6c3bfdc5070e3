// A weighted sum of features and of all their pairs, where the weight of a pair is a product of two vectors.
import { DefinitionError } from '../../../base/errors.ts'
import type { GraphRows, GraphValue, GraphWriter } from '../../../contracts/graph-writer.ts'
import { columnsAt, filled, sideBySide } from '../../export/columns.ts'
import { twoClasses } from '../../export/weighted-sum.ts'
import { chooseColumns, type ChosenColumns } from '../../preparation/chosen-columns.ts'
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { sigmoid } from '../linear/sigmoid.ts'
import { RowLearner } from '../row-learner.ts'
import { bounded, Embeddings } from './embeddings.ts'

export interface FactorizationMachineOptions {
  readonly features: number
  /** Whether labels are numbers, or classes 0 and 1. */
  readonly task: 'number' | 'classes'
  /** The columns that hold ids: each id has a weight and a vector of its own. Default none. */
  readonly ids?: readonly number[]
  /** Ids that are kept of each column; the one not learnt for longest makes room. Default 100,000. */
  readonly most?: number
  /** Length of the vectors. Default 10. */
  readonly factors?: number
  /** Rate of weights and intercept. Default 0.01. */
  readonly rate?: number
  /** Rate of the vectors. Default: `rate`. */
  readonly vectorRate?: number
  /** Pulls weights and vectors towards 0. Default 0. */
  readonly l2?: number
  /** Mean and deviation of the numbers a vector starts with. Default 0 and 0.1. */
  readonly start?: { readonly mean: number; readonly deviation: number }
  /** Greatest magnitude of the slope of the loss. Default 1e12. */
  readonly clip?: number
  /** Default 1. */
  readonly seed?: number
}

/** Pulls of one row beyond this are not summed: what is this far off is not learnt from more exactly. */
const FARTHEST = 1e100

/**
 * Factorisation machine of second order by SGD (Rendle, "Factorization Machines", ICDM 2010), at the predictions of River 0.26 from the same
 * start. A column of ids stands for one feature an id, which is 1; ids are whole numbers, codes or hashes, and a missing one is an id as any
 * other. The other columns are numbers: scale them; a missing one counts 0. A row costs features times factors; memory is 8 bytes a factor
 * of each id and number, and 32 to 64 more an id.
 */
export class FactorizationMachine extends RowLearner {
  readonly #set: Required<FactorizationMachineOptions>
  readonly #columns: ChosenColumns
  readonly #ids: readonly Embeddings[]
  /** Of the numbers: weight and vector, one behind the other. */
  readonly #numbers: Float64Array
  readonly #intercept = new Float64Array(1)
  /** Of the row at hand, by feature: its value, and the weight and vector of it. */
  readonly #values: Float64Array
  readonly #rows: Float64Array
  readonly #sums: Float64Array
  readonly #squares: Float64Array

  constructor(options: FactorizationMachineOptions) {
    const kind = 'factorization-machine'
    const { features, task, ids = [], rate = 0.01 } = options
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    if (task !== 'number' && task !== 'classes') {
      throw new DefinitionError(
        `${kind}: expected 'task' to be 'number' or 'classes', found '${String(task)}'; state one of the two`,
      )
    }
    const set = {
      ids,
      most: 100_000,
      factors: 10,
      vectorRate: rate,
      l2: 0,
      start: { mean: 0, deviation: 0.1 },
      clip: 1e12,
      seed: 1,
      ...options,
      rate,
    }
    const { factors, most, start, seed } = set
    checkSetting(kind, 'most', most, { atLeast: 1, atMost: 1e8, whole: true })
    checkSetting(kind, 'factors', factors, { atLeast: 1, atMost: 1000, whole: true })
    checkSetting(kind, 'rate', rate, { above: 0, atMost: 1 })
    checkSetting(kind, 'vectorRate', set.vectorRate, { above: 0, atMost: 1 })
    checkSetting(kind, 'l2', set.l2, { atLeast: 0, atMost: 1 })
    checkSetting(kind, 'start.mean', start.mean, { atLeast: -1e3, atMost: 1e3 })
    checkSetting(kind, 'start.deviation', start.deviation, { atLeast: 0, atMost: 1e3 })
    checkSetting(kind, 'clip', set.clip, { above: 0, atMost: 1e12 })
    checkSetting(kind, 'seed', seed, { whole: true })
    super({
      kind,
      task,
      version: 1,
      features,
      outputs: task === 'classes' ? 2 : 1,
      settings: { ...set },
    })
    this.#set = set
    this.#columns =
      ids.length === 0
        ? { chosen: [], kept: Array.from({ length: features }, (_, i) => i) }
        : chooseColumns(kind, features, ids)
    const width = 1 + factors
    const embeddings = (column: number): Embeddings =>
      new Embeddings({ most, factors, ...start, seed: 1000 * (seed + column) })
    this.#ids = this.#columns.chosen.map(embeddings)
    this.#numbers = new Float64Array(this.#columns.kept.length * width)
    this.#columns.kept.forEach((column, i) => embeddings(column).start(0, this.#numbers, i * width))
    this.#values = new Float64Array(features)
    this.#rows = new Float64Array(features * width)
    this.#sums = new Float64Array(factors)
    this.#squares = new Float64Array(factors)
  }

  /** Where the weights of the feature at a rank lie: ids come first, then numbers. */
  #weightsOf(rank: number): Float64Array {
    return rank < this.#ids.length ? this.#ids[rank].weights : this.#numbers
  }

  /** Puts what the row is made of side by side; gives its weighted sum. */
  #sum(): number {
    const { chosen, kept } = this.#columns
    const { factors } = this.#set
    const width = 1 + factors
    const rows = this.#rows
    const values = this.#values
    const sums = this.#sums.fill(0)
    let sum = this.#intercept[0]
    const squares = this.#squares.fill(0)
    for (let rank = 0, at = 0; rank < values.length; rank++, at += width) {
      const number = rank - chosen.length
      if (number < 0) {
        this.#ids[rank].read(this.x[chosen[rank]], rows, at)
      } else copyTo(rows, at, this.#numbers, number * width, width)
      const value = number < 0 ? 1 : this.x[kept[number]]
      values[rank] = value === value ? value : 0
      sum += rows[at] * values[rank]
      for (let f = 0; f < factors; f++) {
        const part = rows[at + 1 + f] * values[rank]
        sums[f] += part
        squares[f] += part * part
      }
    }
    // Factor by factor, so that what is alone has no pairs whatever rounding does.
    let pairs = 0
    for (let f = 0; f < factors; f++) pairs += sums[f] * sums[f] - squares[f]
    const all = sum + pairs / 2
    return all === all ? Math.max(-FARTHEST, Math.min(FARTHEST, all)) : 0
  }

  protected predictRow(out: Float64Array, at: number): void {
    const sum = this.#sum()
    if (this.#set.task === 'number') {
      out[at] = sum
      return
    }
    out[at + 1] = sigmoid(sum)
    out[at] = 1 - out[at + 1]
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphValue {
    const { chosen, kept } = this.#columns
    const { factors, task } = this.#set
    const width = 1 + factors
    const given = rows.value()
    // What each feature adds, [rows, features, 1 + factors]: of an id its weights, of a number those times it.
    const parts = chosen.map((column, i) => {
      const weights = this.#ids[i].writeGraph(graph, columnsAt(graph, given, [column]))
      return graph.node('Unsqueeze', [weights, graph.integers([1])])
    })
    if (kept.length > 0) {
      const values = filled(graph, columnsAt(graph, given, kept), [0])
      const weights = graph.doubles(this.#numbers, [kept.length, width])
      const all = graph.node('Unsqueeze', [values, graph.integers([2])])
      parts.push(graph.node('Mul', [all, weights]))
    }
    const side = sideBySide(graph, parts)
    const over = graph.integers([1])
    const sums = graph.node('ReduceSum', [side, over], { keepdims: 0 })
    const squares = graph.node('Mul', [side, side])
    const alone = graph.node('ReduceSum', [squares, over], { keepdims: 0 })
    const pairs = graph.node('Sub', [graph.node('Mul', [sums, sums]), alone])
    const vectors = Array.from({ length: factors }, (_, i) => i + 1)
    const both = graph.node('ReduceSum', [columnsAt(graph, pairs, vectors), over])
    const half = graph.node('Div', [both, graph.doubles([2], [])])
    const linear = graph.node('Add', [columnsAt(graph, sums, [0]), graph.doubles(this.#intercept)])
    const sum = filled(graph, graph.node('Add', [linear, half]), [0])
    const bounds = [graph.doubles([-FARTHEST], []), graph.doubles([FARTHEST], [])]
    const held = graph.node('Clip', [sum, ...bounds])
    return task === 'classes' ? twoClasses(graph, held) : held
  }

  protected learnRow(label: number): void {
    const { factors, rate, vectorRate, l2, clip, task } = this.#set
    const { chosen } = this.#columns
    const width = 1 + factors
    // First, so that a new id is learnt from where it starts.
    for (let i = 0; i < chosen.length; i++) this.#ids[i].claim(this.x[chosen[i]])
    const sum = this.#sum()
    const raw = task === 'number' ? 2 * (sum - label) : sigmoid(sum) - label
    const slope = Math.max(-clip, Math.min(clip, raw))
    this.#intercept[0] -= 0.01 * slope
    for (let rank = 0; rank < this.#values.length; rank++) {
      const own =
        rank < chosen.length
          ? this.#ids[rank].find(this.x[chosen[rank]])
          : (rank - chosen.length) * width
      const weights = this.#weightsOf(rank)
      const value = this.#values[rank]
      weights[own] = bounded(weights[own] - rate * (slope * value + l2 * weights[own]))
      for (let f = 0, at = own + 1; f < factors; f++, at++) {
        const weight = weights[at]
        const pull = value * this.#sums[f] - weight * value * value
        weights[at] = bounded(weight - vectorRate * (slope * near(pull) + l2 * weight))
      }
    }
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    writer.array(this.#intercept)
    writer.array(this.#numbers)
    for (const each of this.#ids) each.encode(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const intercept = reader.doubles(1)
    const numbers = reader.doubles(this.#numbers.length)
    const takes = this.#ids.map((each) => each.restore(reader))
    reader.end()
    for (const take of takes) take()
    this.#intercept.set(intercept)
    this.#numbers.set(numbers)
  }

  override get memoryBytes(): number {
    return this.#ids.reduce((sum, each) => sum + each.memoryBytes, this.#numbers.byteLength)
  }
}

function near(pull: number): number {
  return pull !== pull ? 0 : Math.max(-FARTHEST, Math.min(FARTHEST, pull))
}

function copyTo(
  into: Float64Array,
  at: number,
  from: Float64Array,
  place: number,
  width: number,
): void {
  for (let i = 0; i < width; i++) into[at + i] = from[place + i]
}
