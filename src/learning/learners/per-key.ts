// A model for each key, of a bounded number, for as long as it is learnt.
import { milliseconds, type Duration } from '../../base/duration.ts'
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
  /** How long a key is kept after its last row was learnt, in event time. Default: until another takes its place. */
  readonly ttl?: Duration
  /** Rows of a key before its own model is asked; until then one answers that has learnt the rows of all keys. Default 0: it has none. */
  readonly grace?: number
}

/**
 * One learner a key. A key that comes when there are as many as may be takes the place of the key whose last row was learnt longest ago, in
 * the order of the rows that are learnt: so a replay forgets the same keys. With `ttl` a key is forgotten, too, when a row is learnt, of
 * whichever key, whose time is more than that behind the key's last one; time never goes back. It begins anew when it comes back. A missing key is a key as any
 * other. State and memory are those of the learner for each key there is, and one more with `grace`, and 48 to 80 bytes a key.
 */
export class PerKey extends RowLearner {
  readonly #make: () => Learner
  readonly #key: number
  readonly #most: number
  readonly #grace: number
  /** ms */
  readonly #ttl: number
  /** What answers for a key without a model of its own: it learns every row with `grace`, none without. */
  readonly #all: Learner
  #table: KeyTable
  #learners: Learner[] = []
  /** Rows learnt of each key. */
  #counts: number[] = []
  /** When each key was last learnt, and the latest time of all, ms: with a TTL alone. */
  #times: number[] = []
  #now = -Infinity
  readonly #row: Rows
  readonly #label = new Float64Array(1)
  readonly #time = new Float64Array(1)
  readonly #said: Float64Array

  constructor({ make, key = 0, most = 1000, grace = 0, ttl }: PerKeyOptions) {
    const all = make()
    const kind = `per-key(${all.kind})`
    checkSetting(kind, 'key', key, { atLeast: 0, atMost: all.features, whole: true })
    checkSetting(kind, 'most', most, { atLeast: 1, atMost: 1e6, whole: true })
    checkSetting(kind, 'grace', grace, { atLeast: 0, whole: true })
    const ttlMs = ttl === undefined ? Infinity : milliseconds(ttl, `${kind}: ttl`)
    super({
      kind,
      task: all.task,
      version: 1,
      features: all.features + 1,
      outputs: all.outputs,
      timed: ttl !== undefined || all.timed === true,
      settings: { key, most, grace, ...(ttl === undefined ? {} : { ttlMs }) },
    })
    this.#make = make
    this.#key = key
    this.#most = most
    this.#grace = grace
    this.#ttl = ttlMs
    this.#all = all
    this.#table = new KeyTable(most)
    const columns = Array.from(this.x, (_, i) => this.x.subarray(i, i + 1))
    columns.splice(key, 1)
    this.#row = { columns, from: 0, to: 1, times: this.#time }
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

  protected learnRow(label: number, time: number): void {
    if (this.#ttl < Infinity) this.#forget(time)
    const claimed = this.#table.claim(this.x[this.#key])
    const place = claimed < 0 ? ~claimed : claimed
    if (claimed < 0) {
      this.#learners[place] = this.#make()
      this.#counts[place] = 0
    }
    this.#counts[place]++
    this.#times[place] = this.#now
    this.#label[0] = label
    this.#time[0] = time
    this.#learners[place].learn(this.#row, this.#label)
    if (this.#grace > 0) this.#all.learn(this.#row, this.#label)
  }

  /** Those learnt longest ago lie in front, because time does not go back. */
  #forget(time: number): void {
    if (time > this.#now) this.#now = time
    const table = this.#table
    const until = this.#now - this.#ttl
    for (let place = table.oldest; place >= 0 && this.#times[place] < until; place = table.oldest) {
      const last = table.dropOldest()
      this.#learners[place] = this.#learners[last]
      this.#counts[place] = this.#counts[last]
      this.#times[place] = this.#times[last]
      this.#learners.length = last
      this.#counts.length = last
      this.#times.length = last
    }
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    for (const array of this.#table.encode()) writer.array(array)
    writer.array(Float64Array.from(this.#counts))
    if (this.#ttl < Infinity) writer.array(Float64Array.of(this.#now, ...this.#times))
    for (const learner of [this.#all, ...this.#learners]) writer.array(learner.encode())
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const table = reader.keys(new KeyTable(this.#most))
    const counts = [...reader.doubles(table.count)]
    const times = this.#ttl < Infinity ? [...reader.doubles(table.count + 1)] : []
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
    this.#now = times.shift() ?? -Infinity
    this.#times = times
  }

  override get memoryBytes(): number {
    const own = this.#table.memoryBytes + 24 * this.#counts.length
    return this.#learners.reduce((sum, each) => sum + each.memoryBytes, own + this.#all.memoryBytes)
  }
}
