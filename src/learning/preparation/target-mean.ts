// What the labels were, on average, of rows with the same value.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Rows } from '../../contracts/learner.ts'
import { columnsAt, sideBySide } from '../export/columns.ts'
import { preparedRows } from '../export/prepared-rows.ts'
import { KeyTable } from '../key-table.ts'
import { checkSetting } from '../settings.ts'
import { StateReader, StateWriter } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'
import { chooseColumns, keptSource, type ChosenColumns } from './chosen-columns.ts'
import { copy } from './one-hot.ts'

export interface TargetMeanOptions {
  readonly features: number
  /** The columns that hold codes. Default all. */
  readonly columns?: readonly number[]
  /** The class whose share it is. Default: the mean of the label as a number, which is the share of class 1 where there are two. */
  readonly of?: number
  /** Rows the mean over all rows counts for. Default 20. */
  readonly prior?: number
  /** Values that are kept of each column; the one not learnt for longest makes room. Default 10,000. */
  readonly values?: number
}

/** Of a value: rows, mean of their labels. */
const STRIDE = 2

/**
 * Target encoding, drawn towards the mean of all (Micci-Barreca, "A Preprocessing Scheme for High-Cardinality Categorical Attributes",
 * SIGKDD Explorations 2001). It knows the labels that had come by then and no other: a row that is learnt is written with what was known
 * before its own label, so that a learner behind it never sees the answer in the question. A value that is unknown, forgotten or missing is
 * the mean of all. The other columns come first, as they are. 40 to 72 bytes a value.
 */
export class TargetMean extends BasePreparer {
  readonly #columns: ChosenColumns
  readonly #of: number
  readonly #prior: number
  readonly #values: number
  #tables: KeyTable[]
  #means: Float64Array[]
  /** Rows and mean of all. */
  #all = new Float64Array(STRIDE)

  constructor({ features, columns, of = -1, prior = 20, values = 10_000 }: TargetMeanOptions) {
    const kind = 'target-mean'
    const chosen = chooseColumns(kind, features, columns)
    checkSetting(kind, 'of', of, { atLeast: -1, whole: true })
    checkSetting(kind, 'prior', prior, { above: 0, atMost: 1e9 })
    checkSetting(kind, 'values', values, { atLeast: 1, atMost: 1e7, whole: true })
    super({
      kind,
      version: 1,
      features,
      outputs: features,
      settings: { columns: chosen.chosen, of, prior, values },
    })
    this.#columns = chosen
    this.#of = of
    this.#prior = prior
    this.#values = values
    this.#tables = chosen.chosen.map(() => new KeyTable(values))
    this.#means = chosen.chosen.map(() => new Float64Array(0))
  }

  transform({ columns, from, to }: Rows, out: readonly Float64Array[]): void {
    const { chosen, kept } = this.#columns
    kept.forEach((column, i) => copy(columns[column], from, to, out[i]))
    for (let i = 0; i < chosen.length; i++) {
      const given = columns[chosen[i]]
      const written = out[kept.length + i]
      for (let row = from; row < to; row++) written[row - from] = this.#mean(i, given[row])
    }
  }

  learn({ columns, from, to }: Rows, labels: Float64Array, out: readonly Float64Array[]): void {
    const { chosen, kept } = this.#columns
    kept.forEach((column, i) => copy(columns[column], from, to, out[i]))
    for (let row = from; row < to; row++) {
      const target = this.#of < 0 ? labels[row] : labels[row] === this.#of ? 1 : 0
      for (let i = 0; i < chosen.length; i++) {
        const value = columns[chosen[i]][row]
        out[kept.length + i][row - from] = this.#mean(i, value)
        if (value === value) this.#count(i, value, target)
      }
      if (target === target) take(this.#all, 0, target)
    }
  }

  #mean(column: number, value: number): number {
    const all = this.#all[1]
    const place = this.#tables[column].find(value)
    if (place < 0 || value !== value) return all
    const rows = this.#means[column][place * STRIDE]
    const mean = this.#means[column][place * STRIDE + 1]
    return all + (rows / (rows + this.#prior)) * (mean - all)
  }

  #count(column: number, value: number, target: number): void {
    if (target !== target) return
    const table = this.#tables[column]
    const claimed = table.claim(value)
    const place = claimed < 0 ? ~claimed : claimed
    if (this.#means[column].length < table.room * STRIDE) {
      const means = new Float64Array(table.room * STRIDE)
      means.set(this.#means[column])
      this.#means[column] = means
    }
    const means = this.#means[column]
    if (claimed < 0) means.fill(0, place * STRIDE, (place + 1) * STRIDE)
    take(means, place * STRIDE, target)
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const { chosen, kept } = this.#columns
    const build = (): GraphValue => {
      const value = rows.value()
      const coded = chosen.map((column, i) => {
        const [keys] = this.#tables[i].encode()
        const values = keys.map((key) => this.#mean(i, key))
        const given = columnsAt(graph, value, [column])
        return graph.lookup(given, { keys, values, otherwise: this.#all[1] })
      })
      const others = kept.length > 0 ? [columnsAt(graph, value, kept)] : []
      return sideBySide(graph, [...others, ...coded])
    }
    return preparedRows(rows, build, (column) => keptSource(kept, column))
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    writer.array(this.#all)
    this.#tables.forEach((table, i) => {
      for (const array of table.encode()) writer.array(array)
      writer.array(this.#means[i].subarray(0, table.count * STRIDE))
    })
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const all = reader.doubles(STRIDE)
    const means: Float64Array[] = []
    const tables = this.#tables.map(() => {
      const table = reader.keys(new KeyTable(this.#values))
      means.push(reader.doubles(table.count * STRIDE))
      return table
    })
    reader.end()
    this.#all = all
    this.#tables = tables
    this.#means = means
  }

  override get memoryBytes(): number {
    const tables = this.#tables.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
    return this.#means.reduce((sum, { byteLength }) => sum + byteLength, tables)
  }
}

function take(means: Float64Array, at: number, target: number): void {
  means[at]++
  means[at + 1] += (target - means[at + 1]) / means[at]
}
