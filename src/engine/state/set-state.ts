// The keyed state of one feature set: updates and reads of a batch, in their merged order.
// Its bytes and values are a function of that order only, never of how it was cut into batches.
import { DefinitionError } from '../../base/errors.ts'
import type { Column, ColumnKind } from '../../contracts/columns.ts'
import { murmur2 } from '../../base/murmur2.ts'
import type { SetPlan } from '../../pipeline/plan.ts'
import { encoded } from '../../features/categories.ts'
import { KeyEvents } from './key-events.ts'
import { KeyTable } from './key-table.ts'
import type { StateMemory } from './memory.ts'
import type { Asked, Seen } from '../look.ts'
import { valueAt } from '../../schema/event-view.ts'
import type { KeyedRows, SetBatch } from './set-batch.ts'
import { noInputs, overBudget } from './set-errors.ts'
import { checkLayout, DIGEST_WORDS } from './layout-check.ts'
import { setLayout } from './set-layout.ts'
import type { SetLayout, Window, WindowFeature } from './set-shape.ts'
import type { SetStateOptions } from './set-state-options.ts'
import { windowEnd, windowStart } from './window-folds.ts'
import { readingOf, type Reading } from './set-reading.ts'
import type { Edges } from './window-values.ts'
import { WORD_BYTES, type Region } from './region.ts'

/** What a set counts: keys it has; keys it let go since it began, because their time was over, or to keep the budget. */
export type SetCount = 'keys' | 'expired' | 'evicted'

const EXPIRED = DIGEST_WORDS
const EVICTED = DIGEST_WORDS + 1
/** Events that came too late for every window. */
const LATE = DIGEST_WORDS + 2

/**
 * A key is removed once the merge time has passed its last update by `keepMs` and the slack, or to keep the budget.
 * An event is kept until no window can ask for it: the longest exact `over + delay`, and the slack.
 */
export class SetState {
  readonly #plan: SetPlan
  readonly #layout: SetLayout
  readonly #slackMs: number
  readonly #keysMax: number
  readonly #bytesMax: number
  readonly #about: Region
  readonly #table: KeyTable
  readonly #ordered: boolean
  readonly #events: KeyEvents
  /** Where values that are read go: into columns of a batch's rows, or of one key. */
  #into: Reading
  readonly #ofKey: Reading
  readonly #edges: Edges = { from: 0, to: 0 }

  /**
   * Finds its regions by the set's name, or makes them.
   * @throws DefinitionError when an input does not fit its feature; StateError ML_STATE when the memory holds another layout.
   */
  constructor(memory: StateMemory, plan: SetPlan, options: SetStateOptions) {
    const name = `set/${plan.name}`
    const layout = setLayout(plan, options.inputKinds, options.slackMs)
    this.#plan = plan
    this.#layout = layout
    this.#slackMs = options.slackMs
    const { keys = Infinity, bytes = Infinity } = plan.budget ?? {}
    this.#keysMax = Math.max(1, Math.floor(keys / options.tasks))
    this.#bytesMax = Math.floor(bytes / options.tasks)
    const isNew = !memory.has(`${name}/about`)
    this.#about = memory.region(`${name}/about`, (DIGEST_WORDS + 3) * WORD_BYTES)
    checkLayout(this.#about, layout, { set: plan.name, isNew })
    this.#ordered = plan.keepMs !== undefined || plan.budget !== undefined
    this.#table = new KeyTable(memory, name, {
      extraWords: layout.keyWords,
      ordered: this.#ordered,
    })
    this.#events = new KeyEvents(memory, {
      name,
      layout,
      table: this.#table,
      slackMs: options.slackMs,
    })
    const reading = (): Reading => readingOf(plan, layout, this.#events)
    this.#into = reading()
    this.#ofKey = reading()
  }

  get keys(): number {
    return this.#table.count
  }

  /** Bytes its keys take, free room apart: what a budget bounds. */
  get usedBytes(): number {
    return this.#table.usedBytes + this.#events.usedBytes
  }

  /** Whether it keeps anything at all: a set of nothing but the event's own values does not. */
  get keepsKeys(): boolean {
    return this.#layout.stateful
  }

  get counts(): Readonly<Record<SetCount, number>> {
    const { f64 } = this.#about
    return { keys: this.keys, expired: f64[EXPIRED], evicted: f64[EVICTED] }
  }

  /** Events that came too late for every window: none of a pipeline's, whose sources set them aside. */
  get lateEvents(): number {
    return this.#about.f64[LATE]
  }

  /**
   * Takes a batch in its merged order.
   * @param outputs gets one column a feature, in feature order, a value a row of `batch.rows`; they hold until the next call.
   * Of a `value` feature it is the input column itself, or that of its category as numbers.
   * @param before called before each step, with its row; what it may do to the set is read it.
   * @throws StateError ML_STATE when the budget is reached and the policy is to stop.
   */
  process(
    batch: SetBatch,
    outputs: Column[],
    before?: (rows: KeyedRows, row: number) => void,
  ): void {
    const { order, count, rows, updates, passed } = batch
    for (const output of this.#into.outputs) output?.begin(batch.rowCount)
    for (let i = 0; i < count; i++) {
      const row = order[i]
      if (passed !== undefined && row >= 0 && passed[row] === 1) {
        this.#readNothing(row, rows.times[row])
        continue
      }
      if (before !== undefined)
        before(row >= 0 || updates === undefined ? rows : updates, row >= 0 ? row : ~row)
      if (row >= 0) {
        this.#expire(rows.mergeTimes[row])
        this.#row(rows, row)
      } else if (updates !== undefined) {
        this.#expire(updates.mergeTimes[~row])
        this.#update(updates, ~row)
      }
    }
    this.#plan.features.forEach((_, i) => {
      const output = this.#into.outputs[i]
      if (output !== undefined) outputs[i] = output.column()
    })
    for (const { feature, input, encoding } of this.#layout.values) {
      const column = rows.inputs?.[input]
      if (column === undefined) {
        throw noInputs(this.#plan.name, this.#plan.features[feature].name)
      }
      outputs[feature] = encoding === undefined ? column : encoded(column, batch.rowCount, encoding)
    }
  }

  /**
   * The features of one key, as a row of another stream would read them: nothing changes.
   * @param reached merge time the task has come to, ms; Infinity at the end of all input.
   * @returns undefined for a key that is not kept, or would be let go of by then.
   * @throws DefinitionError ML_USAGE for a time before what is kept.
   */
  look({ key, at }: Asked, reached: number): Seen | undefined {
    const table = this.#table
    const slot = table.find(key, 0, key.length, murmur2(key))
    if (slot < 0) return undefined
    this.#events.open(slot)
    const time = at ?? (Number.isFinite(reached) ? reached : this.#events.newest)
    if (time < this.#earliest(slot, reached)) {
      throw new DefinitionError(
        `features can be had as of a time that is at most the lateness before the last event of the key; found one before: make a training set for earlier times`,
        { code: 'ML_USAGE', details: { set: this.#plan.name } },
      )
    }
    const by = Math.max(time, Number.isFinite(reached) ? reached : -Infinity)
    const { keepMs } = this.#plan
    if (keepMs !== undefined && by > table.lastTime(slot) + keepMs + this.#slackMs) return undefined
    const names = this.#plan.features.map(({ name }) => name)
    return { at: time, features: this.#featuresOf(slot, time, names) }
  }

  /**
   * The features of one key as of a time, at most the slack before the newest update, by these names: nothing changes. Also in the
   * middle of a batch.
   */
  asOf(key: Uint8Array, time: number, names: readonly string[]): Record<string, unknown> {
    return this.#featuresOf(this.#table.find(key, 0, key.length, murmur2(key)), time, names)
  }

  #featuresOf(slot: number, time: number, names: readonly string[]): Record<string, unknown> {
    const into = this.#into
    this.#into = this.#ofKey
    for (const output of this.#ofKey.outputs) output?.begin(1)
    if (slot < 0) this.#readNothing(0, time)
    else {
      this.#events.open(slot)
      const until = this.#events.events.countUntil(time)
      this.#events.folds.asOf(time, until, true)
      this.#readKey(0, time, until, until)
    }
    this.#into = into
    const features: Record<string, unknown> = {}
    this.#ofKey.outputs.forEach((output, i) => {
      if (output !== undefined) features[names[i]] = valueAt(output.column(), 0)
    })
    return features
  }

  /** What was dropped of a key was dropped by its own updates, so that nothing is missing from here on. */
  #earliest(slot: number, reached: number): number {
    if (this.#ordered) return this.#table.lastTime(slot) - this.#slackMs
    return Number.isFinite(reached) ? reached - this.#slackMs : this.#events.newest
  }

  /**
   * Takes over keys of the same set in other tasks' memories; this one is empty.
   * @param belongs whether a key of that hash does. @param counts whether it also takes over what they counted.
   */
  takeKeys(others: readonly SetState[], belongs: (hash: number) => boolean, counts: boolean): void {
    const tables = others.map((other) => other.#table)
    for (const { own, table, slot } of this.#table.takeKeys(tables, belongs))
      this.#events.takeKey(own, others[table].#events, slot)
    for (const count of counts ? [EXPIRED, EVICTED, LATE] : [])
      for (const { f64 } of others.map((other) => other.#about))
        this.#about.setF64(count, this.#about.f64[count] + f64[count])
  }

  /** Adds a row to its key, which is then open; returns its entry, -1 when it was too late. */
  #update(rows: KeyedRows, row: number): number {
    const table = this.#table
    const slot = table.upsert(rows.keys, rows.keyEnds[row], rows.keyEnds[row + 1], rows.hashes[row])
    if (table.added) this.#events.begin(slot)
    table.refresh(slot, rows.mergeTimes[row])
    this.#events.open(slot)
    const entry = this.#events.add(rows, row)
    if (entry < 0) this.#about.setF64(LATE, this.#about.f64[LATE] + 1)
    if (this.#plan.budget !== undefined) this.#keepBudget(slot)
    return entry
  }

  #row(rows: KeyedRows, row: number): void {
    const table = this.#table
    const events = this.#events
    let entry = -1
    let slot: number
    if (rows.inputs !== undefined && this.#layout.stateful) {
      entry = this.#update(rows, row)
      slot = events.events.slot
    } else {
      slot = table.find(rows.keys, rows.keyEnds[row], rows.keyEnds[row + 1], rows.hashes[row])
      if (slot >= 0) events.open(slot)
    }
    const time = rows.times[row]
    if (slot < 0) {
      this.#readNothing(row, time)
      return
    }
    const until = entry >= 0 ? entry + 1 : events.events.countUntil(time)
    events.folds.asOf(time, until, time >= rows.mergeTimes[row] - this.#slackMs)
    this.#readKey(row, time, until, entry >= 0 ? entry : until)
  }

  /** The open key, as of a time. @param until how many kept events are not later. @param before how many came before the row. */
  #readKey(row: number, time: number, until: number, before: number): void {
    this.#readWindows(row, time)
    if (this.#layout.exactWindows.length > 0) this.#into.exact.read(row, time, until)
    if (this.#layout.sinces.length > 0) this.#readSince(row, time, before)
    if (this.#layout.lasts.length > 0) this.#readLasts(row, time, until)
  }

  #readWindows(row: number, time: number): void {
    const { windows } = this.#layout
    const { folds } = this.#events
    for (let i = 0; i < windows.length; i++) this.#writeWindow(windows[i], row, folds.fold(i), time)
  }

  #writeWindow(window: Window, row: number, state: Float64Array, time: number): void {
    const { features } = window
    for (let i = 0; i < features.length; i++) {
      const { of, by, feature, otherwise } = features[i]
      if (of < 0) this.#callValue(window, features[i], row, state, time)
      else if (by < 0) this.#write(feature, row, state[of], otherwise)
      else {
        const divisor = state[by]
        this.#write(feature, row, divisor === 0 ? Number.NaN : state[of] / divisor, otherwise)
      }
    }
  }

  #callValue(
    window: Window,
    of: WindowFeature,
    row: number,
    state: Float64Array,
    time: number,
  ): void {
    const level = this.#layout.levels[window.level]
    const from = windowStart(window, level, time)
    const to = windowEnd(window, level, time)
    if (of.scalar !== undefined) {
      this.#write(of.feature, row, of.scalar.value(state, of.place, from, to), of.otherwise)
      return
    }
    this.#edges.from = from
    this.#edges.to = to
    this.#into.values.folded(of, row, state, this.#edges)
  }

  #readNothing(row: number, time: number): void {
    for (const window of this.#layout.windows) {
      this.#writeWindow(window, row, this.#layout.levels[window.level].empty.state, time)
    }
    this.#into.exact.readNothing(row)
    for (const { feature, otherwise } of this.#layout.sinces)
      this.#write(feature, row, Number.NaN, otherwise)
    for (const { feature } of this.#layout.lasts) this.#into.outputs[feature]?.absent(row)
  }

  /** @param before how many kept events are earlier than the row. */
  #readSince(row: number, time: number, before: number): void {
    const { events } = this.#events
    const dropped =
      this.#table.records.f64[this.#table.extraWord(events.slot) + this.#layout.sinceWord]
    const previous = before > 0 ? events.time(before - 1) : dropped <= time ? dropped : Number.NaN
    for (const { feature, otherwise } of this.#layout.sinces)
      this.#write(feature, row, time - previous, otherwise)
  }

  #readLasts(row: number, time: number, until: number): void {
    const { events } = this.#events
    const { f64 } = events.region
    const { records } = this.#table
    for (const { feature, field, keepMs } of this.#layout.lasts) {
      let entry = until - 1
      while (entry >= 0 && Number.isNaN(f64[events.at(entry) + field.word])) entry--
      const dropped = this.#table.extraWord(events.slot) + field.lastWord
      const at = entry >= 0 ? events.time(entry) : records.f64[dropped]
      const value = entry >= 0 ? f64[events.at(entry) + field.word] : records.f64[dropped + 1]
      this.#writeLast(
        { feature, kind: field.kind },
        row,
        at <= time && time - at < (keepMs ?? Infinity) ? value : Number.NaN,
      )
    }
  }

  #writeLast(last: { feature: number; kind: ColumnKind }, row: number, value: number): void {
    const output = this.#into.outputs[last.feature]
    if (output === undefined) return
    if (Number.isNaN(value)) output.absent(row)
    else if (last.kind === 'number' || last.kind === 'boolean') output.number(row, value)
    else {
      this.#events.texts.open(value)
      output.bytes(row, this.#events.texts)
    }
  }

  #write(feature: number, row: number, value: number, otherwise: number | undefined): void {
    const output = this.#into.outputs[feature]
    if (output === undefined) return
    if (value === value) output.number(row, value)
    else if (otherwise === undefined) output.absent(row)
    else output.number(row, otherwise)
  }

  #expire(mergeTime: number): void {
    const { keepMs } = this.#plan
    if (keepMs === undefined) return
    const table = this.#table
    for (
      let slot = table.oldest();
      slot >= 0 && mergeTime > table.lastTime(slot) + keepMs + this.#slackMs;
      slot = table.oldest()
    ) {
      this.#remove(slot, EXPIRED)
    }
  }

  #keepBudget(current: number): void {
    let evicted = false
    while (this.#isOverBudget()) {
      const oldest = this.#table.oldest()
      if (this.#plan.budget?.then !== 'evict-oldest' || oldest === current)
        throw overBudget(this.#plan.name, this, this.#keysMax, this.#bytesMax)
      this.#remove(oldest, EVICTED)
      evicted = true
    }
    if (evicted) this.#events.open(current)
  }

  #isOverBudget(): boolean {
    if (this.#table.count > this.#keysMax) return true
    return this.#bytesMax !== Infinity && this.usedBytes > this.#bytesMax
  }

  #remove(slot: number, counter: number): void {
    this.#events.remove(slot)
    this.#table.remove(slot)
    this.#about.setF64(counter, this.#about.f64[counter] + 1)
  }
}
