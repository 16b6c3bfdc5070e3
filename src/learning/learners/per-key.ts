// A model for each key, of a bounded number.
import type { GraphRows, GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import type { Learner, Rows } from '../../contracts/learner.ts'
import { cannotExport } from '../export/cannot-export.ts'
import { KeyTable } from '../key-table.ts'
import { checkSetting } from '../settings.ts'
import { StateReader, StateWriter } from '../state-codec.ts'
import { RowLearner } from './row-learner.ts'

export interface PerKeyOptions {
  /** Makes a learner that knows nothing: one each time, all alike. It reads all columns but the key's. */
  readonly make: () => Learner
  /** The column that holds the key, a whole number or a hash, counted among all. Default 0. */
  readonly key?: number
  /** Keys that have a model. Default 1000. */
  readonly most?: number
  /** Rows of a key before its own model is asked; until then one answers that has learnt the rows of all keys. Default 0: it has none. */
  readonly grace?: number
}

/**
 * One learner a key. A key that comes when there are as many as may be takes the place of the key whose last row was learnt longest ago, in
 * the order of the rows that are learnt: so a replay forgets the same keys. It begins anew when it comes back. A missing key is a key as any
 * other. State and memory are those of the learner for each key there is, and one more with `grace`, and 40 to 72 bytes a key.
 */
export class PerKey extends RowLearner {
  readonly #make: () => Learner
  readonly #key: number
  readonly #most: number
  readonly #grace: number
  /** What answers for a key without a model of its own: it learns every row with `grace`, none without. */
  readonly #all: Learner
  #table: KeyTable
  #learners: Learner[] = []
  /** Rows learnt of each key. */
  #counts: number[] = []
  readonly #row: Rows
  readonly #label = new Float64Array(1)
  readonly #said: Float64Array

  constructor({ make, key = 0, most = 1000, grace = 0 }: PerKeyOptions) {
    const all = make()
    const kind = `per-key(${all.kind})`
    checkSetting(kind, 'key', key, { atLeast: 0, atMost: all.features, whole: true })
    checkSetting(kind, 'most', most, { atLeast: 1, atMost: 1e6, whole: true })
    checkSetting(kind, 'grace', grace, { atLeast: 0, whole: true })
    super({
      kind,
      task: all.task,
      version: 1,
      features: all.features + 1,
      outputs: all.outputs,
      settings: { key, most, grace },
    })
    this.#make = make
    this.#key = key
    this.#most = most
    this.#grace = grace
    this.#all = all
    this.#table = new KeyTable(most)
    const columns = Array.from(this.x, (_, i) => this.x.subarray(i, i + 1))
    columns.splice(key, 1)
    this.#row = { columns, from: 0, to: 1 }
    this.#said = new Float64Array(all.outputs)
  }

  /** Keys that have a model. */
  get keys(): number {
    return this.#table.count
  }

  protected predictRow(out: Float64Array, at: number): void {
    const place = this.#table.find(this.x[this.#key])
    const own = place >= 0 && this.#counts[place] >= this.#grace
    const learner = own ? this.#learners[place] : this.#all
    learner.predict(this.#row, this.#said)
    out.set(this.#said, at)
  }

  override writeGraph(_graph: GraphWriter, _rows: GraphRows): GraphValue {
    return cannotExport(
      this.kind,
      'it is as many models as it has keys, and a graph would run all of them for each row',
    )
  }

  protected learnRow(label: number): void {
    const claimed = this.#table.claim(this.x[this.#key])
    const place = claimed < 0 ? ~claimed : claimed
    if (claimed < 0) {
      this.#learners[place] = this.#make()
      this.#counts[place] = 0
    }
    this.#counts[place]++
    this.#label[0] = label
    this.#learners[place].learn(this.#row, this.#label)
    if (this.#grace > 0) this.#all.learn(this.#row, this.#label)
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    for (const array of this.#table.encode()) writer.array(array)
    writer.array(Float64Array.from(this.#counts))
    for (const learner of [this.#all, ...this.#learners]) writer.array(learner.encode())
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const table = reader.keys(new KeyTable(this.#most))
    const counts = [...reader.doubles(table.count)]
    const all = reader.bytes()
    const learners = counts.map(() => {
      const learner = this.#make()
      learner.restore(reader.bytes())
      return learner
    })
    reader.end()
    this.#all.restore(all)
    this.#table = table
    this.#counts = counts
    this.#learners = learners
  }

  override get memoryBytes(): number {
    const own = this.#table.memoryBytes + 16 * this.#counts.length
    return this.#learners.reduce((sum, each) => sum + each.memoryBytes, own + this.#all.memoryBytes)
  }
}
