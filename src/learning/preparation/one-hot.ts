// A column for each value of a column of codes.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Rows } from '../../contracts/learner.ts'
import { asNumber, columnsAt, sideBySide } from '../export/columns.ts'
import { preparedRows } from '../export/prepared-rows.ts'
import { KeyTable } from '../key-table.ts'
import { checkSetting } from '../settings.ts'
import { StateReader, StateWriter } from '../state-codec.ts'
import { BasePreparer } from './base-preparer.ts'
import { chooseColumns, keptSource, type ChosenColumns } from './chosen-columns.ts'

export interface OneHotOptions {
  readonly features: number
  /** The columns that hold codes. Default all. */
  readonly columns?: readonly number[]
  /** Values of a column that get a column of their own. Default 32. */
  readonly values?: number
}

/**
 * One-hot encoding of columns of codes: the first `values` distinct values of a column, in the order they are learnt, have a column each;
 * all that come after share one more, and so does a value that was never learnt. A missing value is 0 in all. The other columns come first,
 * as they are; then those of each coded column. 24 to 56 bytes a value.
 */
export class OneHot extends BasePreparer {
  readonly #columns: ChosenColumns
  readonly #values: number
  #tables: KeyTable[]

  constructor({ features, columns, values = 32 }: OneHotOptions) {
    const kind = 'one-hot'
    const of = chooseColumns(kind, features, columns)
    checkSetting(kind, 'values', values, { atLeast: 1, atMost: 10_000, whole: true })
    super({
      kind,
      version: 1,
      features,
      outputs: of.kept.length + of.chosen.length * (values + 1),
      settings: { columns: of.chosen, values },
    })
    this.#columns = of
    this.#values = values
    this.#tables = of.chosen.map(() => new KeyTable(values))
  }

  transform(rows: Rows, out: readonly Float64Array[]): void {
    this.#write(rows, out, false)
  }

  learn(rows: Rows, _labels: Float64Array, out: readonly Float64Array[]): void {
    this.#write(rows, out, true)
  }

  #write({ columns, from, to }: Rows, out: readonly Float64Array[], learns: boolean): void {
    const { chosen, kept } = this.#columns
    kept.forEach((column, i) => copy(columns[column], from, to, out[i]))
    const values = this.#values
    for (let i = 0; i < chosen.length; i++) {
      const given = columns[chosen[i]]
      const table = this.#tables[i]
      const first = kept.length + i * (values + 1)
      for (let j = 0; j <= values; j++) out[first + j].fill(0, 0, to - from)
      for (let row = from; row < to; row++) {
        const value = given[row]
        if (value !== value) continue
        let place = table.find(value)
        if (place < 0) place = learns && table.count < values ? ~table.claim(value) : values
        out[first + place][row - from] = 1
      }
    }
  }

  override writeGraph(graph: GraphWriter, rows: GraphRows): GraphRows {
    const { chosen, kept } = this.#columns
    const values = this.#values
    const places = graph.doubles(Array.from({ length: values + 1 }, (_, i) => i))
    const build = (): GraphValue => {
      const value = rows.value()
      const coded = chosen.map((column, i) => {
        const given = columnsAt(graph, value, [column])
        const [keys] = this.#tables[i].encode()
        const found = graph.lookup(given, { keys, values: [...keys.keys()], otherwise: values })
        const missing = graph.node('IsNaN', [given])
        const place = graph.node('Where', [missing, graph.doubles([-1], []), found])
        return asNumber(graph, graph.node('Equal', [place, places]))
      })
      const others = kept.length > 0 ? [columnsAt(graph, value, kept)] : []
      return sideBySide(graph, [...others, ...coded])
    }
    return preparedRows(rows, build, (column) => keptSource(kept, column))
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    for (const table of this.#tables) for (const array of table.encode()) writer.array(array)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const tables = this.#tables.map(() => reader.keys(new KeyTable(this.#values)))
    reader.end()
    this.#tables = tables
  }

  override get memoryBytes(): number {
    return this.#tables.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  }
}

export function copy(given: Float64Array, from: number, to: number, out: Float64Array): void {
  for (let row = from; row < to; row++) out[row - from] = given[row]
}
