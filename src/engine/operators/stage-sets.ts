// The feature sets of a stage: updates and reads of a batch, each set over the whole merged order.
import { MillraceError, StateError } from '../../base/errors.ts'
import { murmur2 } from '../../base/murmur2.ts'
import type { Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import type { Plan, SetPlan, SetUse, StagePlan } from '../../pipeline/plan.ts'
import { whyThrown, type Events, type Evaluator, type Failure } from '../../schema/evaluate.ts'
import type { EventSchema } from '../../schema/event-schema.ts'
import type { Guard } from '../../schema/guard.ts'
import type { Handled } from '../change/handled.ts'
import { latenessOf, slackOf } from '../change/shape.ts'
import { gather } from '../exchange/gather.ts'
import type { Asked, Seen } from '../look.ts'
import {
  FIRST,
  KEY,
  MERGE_TIME,
  SOURCE_OFFSET,
  SOURCE_PARTITION,
  TIME,
} from '../exchange/layout.ts'
import type { Merged, Taken } from '../exchange/merge.ts'
import { setInputs, type SetInputs } from '../row-fields.ts'
import type { StateMemory } from '../state/memory.ts'
import type { KeyedRows } from '../state/set-batch.ts'
import { SetState, type SetCount } from '../state/set-state.ts'
import type { BatchContext } from '../body.ts'
import { inputColumns } from './input-columns.ts'
import type { StageBefore } from './stage-options.ts'
import { PeriodRows, type FailedPeriod } from './period-rows.ts'

export interface StageSetsOptions {
  readonly stage: StagePlan
  readonly plan: Plan
  readonly schemas: ReadonlyMap<string, EventSchema>
  readonly guard: Guard
  /** Under a changed plan: what the sets had before. */
  readonly before?: Pick<StageBefore, 'taken' | 'told'> | undefined
  /** The task's number. */
  readonly number: number
  /** Tasks of the stage. */
  readonly tasks: number
}

interface OneSet {
  readonly state: SetState
  readonly inputs: SetInputs
  readonly taken: Handled | undefined
  /** Names of users' own aggregates. */
  readonly userMade: readonly string[]
  readonly periods: readonly PeriodRows[]
}

/** What every set with keys counts. */
export const SET_COUNTS: readonly SetCount[] = ['keys', 'expired', 'evicted']

/** The name of what a set counts. */
export function setCount(set: string, name: SetCount): string {
  return `${set}.${name}`
}

/** Names of what the sets of a stage count. */
export function setCounts({ own, lookups }: StagePlan): string[] {
  const names = new Set([...own, ...lookups].filter(keepsKeys).map(({ set }) => set.name))
  return [...names].flatMap((set) => SET_COUNTS.map((name) => setCount(set, name)))
}

/** A set of nothing but the event's own values keeps none. */
function keepsKeys({ set }: { readonly set: SetPlan }): boolean {
  return set.features.some(({ kind }) => kind !== 'value')
}

export class StageSets {
  readonly #own: readonly OneSet[]
  readonly #lookups: readonly OneSet[]
  readonly #all: readonly OneSet[]
  readonly #byName: ReadonlyMap<string, OneSet>
  readonly #guard: Guard
  #order = new Int32Array(0)

  constructor(memory: StateMemory, options: StageSetsOptions) {
    const { stage, plan, schemas, guard, number, tasks, before } = options
    this.#guard = guard
    const schemaOf = (name: string): EventSchema => {
      const schema = schemas.get(name)
      if (schema === undefined) throw new RangeError(`no compiled schema of stream '${name}'`)
      return schema
    }
    const kept = (use: SetUse): OneSet => {
      const { set } = use
      const inputs = setInputs(set, schemaOf(set.stream))
      const everies = stage.everies.filter((every) => every.set === use.as)
      const state = new SetState(memory, set, {
        slackMs: slackOf(plan, set),
        inputKinds: inputs.places.map((place) => inputs.fields[place].kind),
        tasks,
      })
      const slackMs = latenessOf(plan, set)
      const periods = everies.map(
        (every) =>
          new PeriodRows(memory, {
            every,
            use,
            state,
            slackMs,
            guard,
            partition: number,
            toldMs: before?.told(every.topic, number) ?? -Infinity,
          }),
      )
      return {
        state,
        inputs,
        taken: before?.taken.get(set.name),
        userMade: userMadeIn(set),
        periods,
      }
    }
    this.#own = stage.own.map(kept)
    this.#lookups = stage.lookups.map(kept)
    this.#all = [...this.#own, ...this.#lookups]
    const all = [...stage.own, ...stage.lookups]
    this.#byName = new Map(all.map(({ set }, i) => [set.name, this.#all[i]]))
  }

  /** Says what the sets with keys count, by name. */
  eachCount(each: (name: string, value: number) => void): void {
    for (const [set, { state }] of this.#byName) {
      if (!state.keepsKeys) continue
      const { counts } = state
      for (const name of SET_COUNTS) each(setCount(set, name), counts[name])
    }
  }

  /** Features of the batch's rows, one column a feature: own sets first, then lookups, as the stage lists them. */
  features(
    merged: Merged,
    columns: readonly Column[],
    of: { events: Events; evaluator: Evaluator; failures: Failure[] },
  ): Column[] {
    const { events, evaluator, failures } = of
    const primary = merged.inputs.length - 1
    const rowCount = merged.inputs[primary].count
    const rows = keyed(columns, rowCount, undefined)
    const features: Column[] = []
    const outputs: Column[] = []
    for (const { periods } of this.#all) for (const each of periods) each.reset()
    for (const set of this.#own) {
      const { state, inputs: own, taken, periods } = set
      const given = inputColumns(own, evaluator, { events, failures })
      const inputs = own.places.map((place) => given[place])
      const order = this.#counted(rowCount)
      const batch = {
        order,
        count: rowCount,
        updates: undefined,
        rows: { ...rows, inputs },
        rowCount,
        passed: taken === undefined ? undefined : passed(columns, rowCount, taken),
      }
      this.#run(set, () => state.process(batch, outputs, stepOf(periods)))
      features.push(...outputs.splice(0))
    }
    this.#lookups.forEach((set, input) => {
      const { state, inputs, taken: before, periods } = set
      const taken = merged.inputs[input]
      const known = before === undefined ? undefined : passedUpdates(taken, before)
      const { order, count } = this.#mixed(merged, { input, primary, known })
      const batch = { order, count, updates: updatesOf(taken, inputs), rows, rowCount }
      this.#run(set, () => state.process(batch, outputs, stepOf(periods)))
      features.push(...outputs.splice(0))
    })
    return features
  }

  /** Event time by which rows of a period are due, ms; Infinity when none wait. */
  get due(): number {
    let least = Infinity
    for (const { periods } of this.#all)
      for (const { boundary } of periods) least = Math.min(least, boundary + 1)
    return least
  }

  /** Rows of periods that were passed in the batch and by its time. */
  periods({ settled, time, ticked }: BatchContext): {
    readonly appends: Append[]
    readonly written: number
    readonly failed: readonly FailedPeriod[]
  } {
    for (const set of this.#all)
      for (const each of set.periods)
        this.#run(set, () => each.passUntil(ticked ? time : settled, !ticked))
    const periods = this.#all.flatMap((set) => set.periods)
    return {
      appends: periods.flatMap((each) => each.appends()),
      written: periods.reduce((sum, each) => sum + each.written, 0),
      failed: periods.flatMap((each) => each.failed),
    }
  }

  /** The features of one key of a set, as a row that only reads would have them. */
  look(asked: Asked, reached: number): Seen | undefined {
    const kept = this.#byName.get(asked.set)
    if (kept === undefined) throw new RangeError(`the stage keeps no set '${asked.set}'`)
    return this.#run(kept, () => kept.state.look(asked, reached))
  }

  /** Closes clock and randomness to users' aggregates; what one throws stops the task, because its state is then half changed. */
  #run<Result>({ userMade }: OneSet, call: () => Result): Result {
    if (userMade.length === 0) return call()
    this.#guard.enter()
    try {
      return call()
    } catch (cause) {
      if (cause instanceof MillraceError && cause.code !== 'ML_USER_FUNCTION') throw cause
      throw new StateError(
        'ML_STATE',
        `an aggregate must take any number; found that ${userMade.join(' or ')} ${whyThrown(cause)}; ` +
          'check it with checkAggregate of millrace/testing',
        { cause },
      )
    } finally {
      this.#guard.leave()
    }
  }

  #counted(count: number): Int32Array {
    if (this.#order.length < count) this.#order = new Int32Array(count * 2)
    for (let i = 0; i < count; i++) this.#order[i] = i
    return this.#order
  }

  /** The merged order as one set sees it: its own updates and the stage's rows. */
  #mixed(
    merged: Merged,
    of: { input: number; primary: number; known: Uint8Array | undefined },
  ): { order: Int32Array; count: number } {
    const { input, primary, known } = of
    if (this.#order.length < merged.count) this.#order = new Int32Array(merged.count * 2)
    const order = this.#order
    let count = 0
    let row = 0
    let update = 0
    for (let step = 0; step < merged.count; step++) {
      const from = merged.order[step]
      if (from === primary) order[count++] = row++
      else if (from === input) {
        if (known === undefined || known[update] === 0) order[count++] = ~update
        update++
      }
    }
    return { order, count }
  }
}

/** A mark for each row that the state has already; undefined where it has none of them. */
function passed(columns: readonly Column[], count: number, taken: Handled): Uint8Array | undefined {
  const partitions = columns[SOURCE_PARTITION]
  const offsets = columns[SOURCE_OFFSET]
  if (count === 0 || partitions.kind !== 'number' || offsets.kind !== 'number') return undefined
  return taken.marks(partitions.values, offsets.values, count)
}

function passedUpdates(taken: Taken, before: Handled): Uint8Array | undefined {
  if (taken.count === 0) return undefined
  const columns: Column[] = []
  for (const index of [SOURCE_PARTITION, SOURCE_OFFSET]) columns[index] = gather(taken, index)
  return passed(columns, taken.count, before)
}

function userMadeIn({ features }: SetPlan): string[] {
  const names = features.map((feature) =>
    feature.kind === 'window' && feature.userMade === true ? feature.aggregate.name : '',
  )
  return [...new Set(names.filter((name) => name !== ''))]
}

/** Rows that update a set are noted, after the boundaries that lie before them. */
function stepOf(
  periods: readonly PeriodRows[],
): ((rows: KeyedRows, row: number) => void) | undefined {
  if (periods.length === 0) return undefined
  return (rows, row) => {
    for (const each of periods) {
      each.passUntil(rows.mergeTimes[row], true)
      if (rows.inputs !== undefined) each.note(rows, row)
    }
  }
}

function updatesOf(taken: Taken, { fields, places }: SetInputs): KeyedRows | undefined {
  if (taken.count === 0) return undefined
  // Where a row came from is of no use to a set.
  const columns: Column[] = []
  for (const index of [KEY, TIME, MERGE_TIME]) columns[index] = gather(taken, index)
  for (let i = 0; i < fields.length; i++) columns[FIRST + i] = gather(taken, FIRST + i)
  return keyed(
    columns,
    taken.count,
    places.map((place) => columns[FIRST + place]),
  )
}

const NOTHING = new Float64Array(0)

function keyed(
  columns: readonly Column[],
  count: number,
  inputs: readonly Column[] | undefined,
): KeyedRows {
  const key = columns[KEY]
  const times = columns[TIME]
  const mergeTimes = columns[MERGE_TIME]
  if (
    count === 0 ||
    key.kind !== 'string' ||
    times.kind !== 'number' ||
    mergeTimes.kind !== 'number'
  ) {
    return {
      keys: new Uint8Array(0),
      keyEnds: new Uint32Array(1),
      hashes: new Uint32Array(0),
      times: NOTHING,
      mergeTimes: NOTHING,
      inputs,
    }
  }
  const hashes = new Uint32Array(count)
  for (let i = 0; i < count; i++) hashes[i] = murmur2(key.bytes, key.ends[i], key.ends[i + 1])
  return {
    keys: key.bytes,
    keyEnds: key.ends,
    hashes,
    times: times.values,
    mergeTimes: mergeTimes.values,
    inputs,
  }
}
