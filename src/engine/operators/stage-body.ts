// A keyed stage: features of its sets, then to the next stage; in the last one predictions, receipts and outputs.
import type { Asked, Seen } from '../look.ts'
import { redactedFeatures } from '../redacted-features.ts'
import { Redaction } from './redaction.ts'
import type { Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import { originsOf } from '../../pipeline/plan-streams.ts'
import { Evaluator, type Failure } from '../../schema/evaluate.ts'
import { KeyColumn } from '../../schema/event-keys.ts'
import type { Unscored } from '../commit-record.ts'
import { BlockWriter, type BlockHead } from '../exchange/block-writer.ts'
import { gather } from '../exchange/gather.ts'
import { FIRST, KEY, SOURCE_OFFSET, SOURCE_PARTITION, TIME } from '../exchange/layout.ts'
import type { Merged } from '../exchange/merge.ts'
import { blockRecord, Router } from '../exchange/router.ts'
import type { BatchContext, StageBody } from '../body.ts'
import { Counts } from '../state/counts.ts'
import type { StateMemory } from '../state/memory.ts'
import { receiptsTopic } from '../task-names.ts'
import { CarriedEvents } from './carried-events.ts'
import { LearningRows } from './learning-rows.ts'
import { WaitingRows } from './waiting-rows.ts'
import { WatchedRows } from './watched-rows.ts'
import { LearntModels, type LearntRows } from './learnt-models.ts'
import { noRows, numbersOf } from './plain-columns.ts'
import { keysOf, Outputs, type RowKeys } from './outputs.ts'
import { Predictor, type Predictions } from './predict.ts'
import { RowView } from './row-view.ts'
import { SetAside } from './set-aside.ts'
import { stageCounts } from './stage-counts.ts'
import type { KeyedStageOptions } from './stage-options.ts'
import { NO_EVENTS, rowsWithout, type StageRows } from './stage-rows.ts'
import { StageSets } from './stage-sets.ts'
import { StreamKeys } from './stream-keys.ts'

/** By model, which rows are scored with which snapshot; undefined for models that do not learn. */
type Learnt = readonly (readonly LearntRows[] | undefined)[]

export class KeyedStageBody implements StageBody {
  readonly #options: KeyedStageOptions
  readonly #sets: StageSets
  readonly #events: CarriedEvents
  readonly #evaluator: Evaluator
  readonly #counts: Counts<string>
  readonly #aside: SetAside
  readonly #redaction: Redaction
  /** Of each feature, whether receipts do not show its values. */
  readonly #redacted: readonly boolean[]
  readonly #router: Router | undefined
  readonly #predictors: readonly Predictor[]
  readonly #waiting: readonly { readonly at: number; readonly rows: WaitingRows }[]
  readonly #learning: readonly LearningRows[]
  readonly #watched: readonly { readonly at: number; readonly rows: WatchedRows }[]
  /** Columns that go on, as indexes of those of the event and of the features. */
  readonly #sent: { readonly event: readonly number[]; readonly features: readonly number[] }
  readonly #learnt: LearntModels
  readonly #rowView: RowView
  readonly #outputs: Outputs
  readonly #keys = new KeyColumn()
  readonly #streamKeys: StreamKeys
  readonly #writer = new BlockWriter()
  #keep = new Uint8Array(0)
  /** Rows of the last batch that a model was not called for. */
  unscored: readonly Unscored[] = []

  constructor(memory: StateMemory, options: KeyedStageOptions) {
    const { plan, stage, schemas, guard, number, brings, next, log } = options
    const schema = schemas.get(plan.from)
    if (schema === undefined) throw new RangeError(`the plan has no stream '${plan.from}'`)
    this.#options = options
    this.#counts = new Counts(memory, stageCounts(stage), options.countsBefore)
    const { before, tasks } = options
    this.#sets = new StageSets(memory, { stage, plan, schemas, guard, number, tasks, before })
    this.#countKeys()
    this.#events = new CarriedEvents(schema, brings.event.length)
    const fields = schema.mode === 'native' ? brings.event.map((i) => schema.fields[i]) : []
    this.#evaluator = new Evaluator(fields, guard)
    const features = [...brings.features, ...options.adds]
    this.#sent = {
      event: next?.takes.event.map((i) => brings.event.indexOf(i)) ?? [],
      features:
        next?.takes.features.map((wanted) =>
          features.findIndex(({ name }) => name === wanted.name),
        ) ?? [],
    }
    this.#aside = new SetAside({
      log,
      pipeline: plan.pipeline,
      sources: originsOf(plan, plan.from),
      stage: stage.name,
      partition: number,
      redactKey: options.redactKey,
    })
    this.#redaction = new Redaction([], options.redactKey)
    const secret = redactedFeatures(plan)
    this.#redacted = features.map(({ name }) => secret.has(name))
    this.#router = next === undefined ? undefined : new Router(next.hop)
    const { task, calls } = options
    this.#predictors = options.models.map(
      (model, index) =>
        new Predictor({ model, index, features, task, plan: plan.digest, calls, guard }),
    )
    const { models } = options
    this.#learnt = new LearntModels(memory, { log, pipeline: plan.pipeline, stage, models })
    this.#waiting = options.waiting.flatMap(({ model, hop }) => {
      const at = options.models.findIndex((each) => each.plan.name === model.name)
      if (model.labels === undefined) return []
      const { of } = model.labels
      return [{ at, rows: new WaitingRows({ predictor: this.#predictors[at], of, hop, number }) }]
    })
    this.#learning = options.learning.map((each) => new LearningRows(memory, { ...each, features }))
    this.#watched = options.watched.flatMap(({ model, hop }) => {
      const at = options.models.findIndex((each) => each.plan.name === model.name)
      const rows = { model, hop, features, predictor: this.#predictors[at] }
      return [{ at, rows: new WatchedRows(memory, rows) }]
    })
    this.#rowView = new RowView(features, this.#predictors, this.#evaluator)
    this.#outputs = new Outputs({ emits: stage.emits, whens: stage.whens, partition: number })
    this.#streamKeys = new StreamKeys(plan, stage, this.#evaluator)
  }

  /** A model that is quarantined, without a fallback, stops its stage: rows wait, and do not drain into the dead letters. */
  get paused(): string | undefined {
    const stuck = this.#predictors.find((predictor) => predictor.stuck)
    return stuck === undefined
      ? undefined
      : `model '${stuck.model.plan.name}' is quarantined and has no fallback`
  }

  get due(): number {
    return this.#sets.due
  }

  get settles(): number {
    return this.#sets.due
  }

  look(asked: Asked, reached: number): Seen | undefined {
    return this.#sets.look(asked, reached)
  }

  async process(merged: Merged, batch: BatchContext): Promise<Append[]> {
    this.#aside.reset()
    this.unscored = []
    const taken = merged.inputs[merged.inputs.length - 1]
    const count = taken.count
    const width = FIRST + this.#events.width + this.#options.brings.features.length
    const columns =
      count === 0 ? [] : Array.from({ length: width }, (_, index) => gather(taken, index))
    const events = count === 0 ? NO_EVENTS : this.#events.of(columns, count)
    const failures: Failure[] = []
    const added = this.#sets.features(merged, columns, {
      events,
      evaluator: this.#evaluator,
      failures,
    })
    this.#countKeys()
    const features = [...columns.slice(FIRST + this.#events.width), ...added]
    const again = this.#again(columns, count)
    const all: StageRows = { count, columns, events, features }
    const rows =
      this.#router === undefined && again !== undefined
        ? rowsWithout(all, again, { failures, carried: this.#events })
        : all
    this.#counts.add('rows', rows.count - (rows === all ? sumOf(again) : 0))
    if (this.#keep.length < rows.count) this.#keep = new Uint8Array(rows.count * 2)
    this.#keep.fill(1, 0, rows.count)
    const appends =
      this.#router === undefined
        ? await this.#finish(rows, failures, {
            ...batch,
            learnt: await this.#learnt.rowsOf(merged, rows === all ? undefined : again),
          })
        : this.#forward(rows, failures, batch)
    this.#counts.add('setAside', this.#aside.count)
    return [...appends, ...this.#periods(batch), ...(await this.#aside.appends())]
  }

  #periods(batch: BatchContext): Append[] {
    const { appends, written, failed } = this.#sets.periods(batch)
    for (const each of failed) this.#aside.addPeriod(each)
    this.#counts.add('periodRows', written)
    this.#counts.add('periodRowsSetAside', failed.length)
    return appends
  }

  /** Marks of rows that came to their end before. */
  #again(columns: readonly Column[], count: number): Uint8Array | undefined {
    const { before } = this.#options
    if (before === undefined || count === 0) return undefined
    return before.handled.marks(
      numbersOf(columns[SOURCE_PARTITION]),
      numbersOf(columns[SOURCE_OFFSET]),
      count,
    )
  }

  /** Sets count for themselves, because their state may go on in another stage; the task says what they have counted. */
  #countKeys(): void {
    this.#sets.eachCount((name, value) => this.#counts.set(name, value))
  }

  #forward(
    rows: StageRows,
    failures: Failure[],
    { progress, idle, commit }: BatchContext,
  ): Append[] {
    const { next } = this.#options
    if (next === undefined || this.#router === undefined) return []
    const { columns, events, features, count } = rows
    this.#evaluator.keys(next.key, events, this.#keys, failures)
    this.#drop(rows, failures)
    const sent = [
      ...columns.slice(0, KEY),
      this.#keys.column(),
      ...this.#sent.event.map((i) => columns[FIRST + i]),
      ...this.#sent.features.map((i) => features[i]),
    ]
    return this.#router.route(count === 0 ? noRows(next.hop.layout) : sent, count, {
      progress,
      idle: idle[idle.length - 1],
      commit,
      ...this.#kept(count),
    })
  }

  async #finish(
    rows: StageRows,
    failures: Failure[],
    batch: BatchContext & { readonly learnt: Learnt },
  ): Promise<Append[]> {
    const { events, count } = rows
    this.#outputs.reset()
    if (count === 0)
      return [
        ...this.#toJoins(rows, [], batch),
        ...this.#toLearners(rows, batch),
        ...this.#toWatchers(rows, [], batch),
      ]
    const predictions = await this.#predict(rows, batch)
    for (const { reasons } of predictions)
      for (const [row, reason] of reasons) failures.push({ row, reason })
    if (predictions.length > 0) this.#counts.add('predictions', count)
    this.#counts.add(
      'unpredicted',
      new Set(predictions.flatMap(({ reasons }) => [...reasons.keys()])).size,
    )
    const streamKeys = this.#streamKeys.of(rows, failures)
    for (const waiting of this.#waiting) waiting.rows.read(this.#evaluator, events, failures)
    this.#drop(rows, failures)
    const receipts = this.#receipts(rows, predictions, { ...batch, keys: streamKeys })
    const sent = [
      ...this.#toJoins(rows, predictions, batch),
      ...this.#toLearners(rows, batch),
      ...this.#toWatchers(rows, predictions, batch),
    ]
    this.#write(rows, predictions, keysOf(streamKeys))
    return [...receipts, ...sent, ...this.#outputs.appends()]
  }

  async #predict(
    { columns, features, count }: StageRows,
    { commit, recorded, learnt }: BatchContext & { readonly learnt: Learnt },
  ): Promise<Predictions[]> {
    const rules = this.#predictors.map((predictor) => predictor.rules(recorded))
    const places = {
      rows: count,
      partitions: numbersOf(columns[SOURCE_PARTITION]),
      offsets: numbersOf(columns[SOURCE_OFFSET]),
    }
    const predictions: Predictions[] = []
    for (let i = 0; i < rules.length; i++)
      predictions.push(
        await this.#predictors[i].predict(features, {
          places,
          commit,
          rules: rules[i],
          learnt: learnt[i],
        }),
      )
    this.unscored = predictions.flatMap(({ unscored }) => unscored ?? [])
    return predictions
  }

  /** Emits and conditions, row by row: the only place where a row becomes an object. */
  #write(rows: StageRows, predictions: readonly Predictions[], keys: RowKeys): void {
    if (!this.#outputs.any) return
    const { columns, events, features, count } = rows
    const times = columns[TIME]
    const { guard } = this.#options
    const failures: Failure[] = []
    this.#rowView.begin({ events, features, predictions })
    guard.enter()
    for (let row = 0; row < count; row++) {
      if (this.#keep[row] === 0) continue
      const view = this.#rowView.at(row)
      const time = times.kind === 'number' ? times.values[row] : 0
      const reason = this.#outputs.add(view, row, time, keys)
      if (reason !== undefined) failures.push({ row, reason })
    }
    guard.leave()
    this.#rowView.close()
    this.#drop(rows, failures)
    this.#counts.add('written', this.#outputs.written)
  }

  #receipts(
    { columns, features, count }: StageRows,
    predictions: readonly Predictions[],
    {
      progress,
      commit,
      learnt,
      keys,
    }: BatchContext & { readonly learnt: Learnt; readonly keys: Column },
  ): Append[] {
    const topic = receiptsTopic(this.#options.plan.pipeline)
    const shown = features.map((column, at) =>
      this.#redacted[at] ? this.#redaction.column(column, count) : column,
    )
    return this.#predictors.map((predictor, i) => {
      const key = this.#waiting.find(({ at }) => at === i)?.rows.ids ?? keys
      const all = [
        ...columns.slice(0, KEY),
        key,
        ...predictor.receipts(shown, predictions[i].scored),
      ]
      const head: BlockHead = {
        progress,
        idle: false,
        commit,
        layout: predictor.receiptLayout.digest,
        meta: predictor.meta(learnt[i]),
      }
      const block = this.#writer.encode(all, { rows: undefined, from: 0, count }, head)
      return { topic, partition: this.#options.number, records: blockRecord(block) }
    })
  }

  #toJoins(
    { columns, count }: StageRows,
    predictions: readonly Predictions[],
    { progress, commit, idle }: BatchContext,
  ): Append[] {
    const options = { progress, commit, idle: idle[idle.length - 1], ...this.#kept(count) }
    return this.#waiting.flatMap(({ at, rows }) =>
      rows.route({ columns, count, predictions: predictions.at(at) }, options),
    )
  }

  /** The features of each row that was predicted, to those who learn from them without labels. */
  #toLearners(
    { columns, features, count }: StageRows,
    { progress, commit }: BatchContext,
  ): Append[] {
    return this.#learning.flatMap((learning) =>
      learning.route({ columns, features, count }, { progress, commit, ...this.#kept(count) }),
    )
  }

  /** What was predicted of each row, and features, to those who watch for drift. */
  #toWatchers(
    { columns, features, count }: StageRows,
    predictions: readonly Predictions[],
    { progress, commit }: BatchContext,
  ): Append[] {
    return this.#watched.flatMap(({ at, rows }) =>
      rows.route(
        { columns, features, count, predictions: predictions.at(at) },
        { progress, commit, ...this.#kept(count) },
      ),
    )
  }

  #kept(count: number): { keep?: Uint8Array } {
    return this.#keep.subarray(0, count).includes(0) ? { keep: this.#keep } : {}
  }

  #drop({ columns }: StageRows, failures: readonly Failure[]): void {
    for (const { row, reason } of failures) {
      this.#keep[row] = 0
      const { before } = this.#options
      const place = [columns[SOURCE_PARTITION], columns[SOURCE_OFFSET]].map(
        (column) => numbersOf(column)[row],
      )
      if (before?.handled.has(place[0], place[1]) !== true) this.#aside.add(columns, row, reason)
    }
  }
}

function sumOf(marks: Uint8Array | undefined): number {
  return marks?.reduce((sum, mark) => sum + mark, 0) ?? 0
}
