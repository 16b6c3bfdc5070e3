// Watches a model for drift: numbers of its examples and of its rows, of all tasks in the one order of their merge time, each by its
// detector. A drift is a record of a topic, in the commit of the row that gave it away.
import { RecordsBuilder } from '../../base/records.ts'
import { PRESENT, type Column } from '../../contracts/columns.ts'
import type { DriftEvent } from '../../contracts/drift-event.ts'
import { FALLBACK_VERSION, versionText } from '../../contracts/model-version.ts'
import type { Append } from '../../contracts/log.ts'
import type { DriftPlan, StreamPlan } from '../../pipeline/plan.ts'
import { valueAt } from '../../schema/event-view.ts'
import type { BatchContext, StageBody } from '../body.ts'
import { gather } from '../exchange/gather.ts'
import { FIRST, KEY, SOURCE_OFFSET, SOURCE_PARTITION, TIME } from '../exchange/layout.ts'
import type { Merged, Taken } from '../exchange/merge.ts'
import { sourceOf } from '../exchange/source-number.ts'
import { Counts } from '../state/counts.ts'
import type { StateMemory } from '../state/memory.ts'
import { watchedNumber, type WatchedModel } from '../watched-models.ts'
import { numbersOf } from './plain-columns.ts'
import { Watch, type WatchedDrift } from './watch.ts'

export const DRIFT_COUNTS = [
  /** Examples and rows. */
  'rows',
  /** Numbers that were not there, or not finite. */
  'missing',
  /** Rows of the fallback, which is no version of the model: their predictions and errors are not watched. */
  'fellBack',
  'drifts',
] as const

export interface DriftInput {
  readonly from: 'examples' | 'rows'
  /** Columns behind the version. */
  readonly watched: readonly string[]
}

export interface DriftOptions {
  readonly model: WatchedModel
  readonly topic: string
  /** Origins of the stream that is predicted. */
  readonly sources: readonly StreamPlan[]
  readonly inputs: readonly DriftInput[]
}

/** Watches that depend on who predicted have a region of that name and the version; their drifts depend on when a version came. */
export const OF_VERSIONS = 'drift/version/'
const OF_ALL = 'drift/all/'

/** A detector and the column it watches. */
interface Detected {
  readonly plan: DriftPlan
  readonly column: number
  /** Version of the row before, and its watch: they seldom change. */
  version: number
  watch: Watch | undefined
}

interface Columns {
  readonly input: DriftInput
  readonly versions: Float64Array
  readonly numbers: readonly Column[]
  readonly places: readonly Column[]
}

export class DriftBody implements StageBody {
  readonly #options: DriftOptions
  readonly #memory: StateMemory
  readonly #counts: Counts<(typeof DRIFT_COUNTS)[number]>
  readonly #detected: readonly (readonly Detected[])[]
  readonly #watches = new Map<string, Watch>()
  readonly #drifts = new RecordsBuilder()

  constructor(memory: StateMemory, options: DriftOptions) {
    this.#options = options
    this.#memory = memory
    this.#counts = new Counts(memory, DRIFT_COUNTS)
    this.#detected = options.inputs.map(({ watched }) =>
      options.model.drift.flatMap((plan) => {
        const column = watched.indexOf(watchedNumber(plan))
        return column < 0 ? [] : [{ plan, column, version: NaN, watch: undefined }]
      }),
    )
  }

  process(merged: Merged, _batch: BatchContext): Append[] {
    this.#drifts.reset()
    const columns = merged.inputs.map((taken, i) => columnsOf(taken, this.#options.inputs[i]))
    const next = merged.inputs.map(() => 0)
    for (let step = 0; step < merged.count; step++) {
      const input = merged.order[step]
      this.#row(columns[input], this.#detected[input], next[input]++)
    }
    if (merged.count > 0) this.#counts.add('rows', merged.count)
    for (const watch of this.#watches.values()) watch.keep()
    const { count } = this.#drifts
    if (count === 0) return []
    this.#counts.add('drifts', count)
    return [{ topic: this.#options.topic, partition: 0, records: this.#drifts.records() }]
  }

  #row(columns: Columns, detected: readonly Detected[], row: number): void {
    const version = columns.versions[row]
    const fellBack = version === FALLBACK_VERSION
    if (fellBack) this.#counts.add('fellBack', 1)
    for (const each of detected) {
      const { plan, column } = each
      if (fellBack && plan.of !== 'feature') continue
      const { marks } = columns.numbers[column]
      const value = numbersOf(columns.numbers[column])[row]
      if ((marks !== undefined && marks[row] !== PRESENT) || !Number.isFinite(value)) {
        this.#counts.add('missing', 1)
        continue
      }
      if (each.watch === undefined || each.version !== version) {
        each.watch = this.#watch(plan, version)
        each.version = version
      }
      const drift = each.watch.take(value)
      if (drift !== undefined) this.#tell(plan, columns, { row, drift })
    }
  }

  #watch(plan: DriftPlan, version: number): Watch {
    const own =
      plan.of === 'feature'
        ? `${OF_ALL}${plan.name}/${plan.settings.slice(0, 16)}`
        : `${OF_VERSIONS}${versionText(version)}/${plan.name}/${plan.settings.slice(0, 16)}`
    const known = this.#watches.get(own)
    if (known !== undefined) return known
    const made = new Watch(this.#memory, own, plan)
    this.#watches.set(own, made)
    return made
  }

  #tell(
    { of, feature, detector, rowsBetweenFalseAlarms }: DriftPlan,
    { input, versions, places }: Columns,
    { row, drift }: { readonly row: number; readonly drift: WatchedDrift },
  ): void {
    const { model, sources } = this.#options
    const place = (index: number): unknown => valueAt(places[index], row)
    const time = Number(place(TIME))
    const { direction, seen, before, after } = drift
    const event: DriftEvent = {
      model: model.name,
      of,
      ...(feature === undefined ? { version: versionText(versions[row]) } : { feature }),
      detector,
      direction: direction === 0 ? 'unknown' : direction === 1 ? 'up' : 'down',
      at: new Date(time).toISOString(),
      ...(input.from === 'examples'
        ? { id: String(place(KEY)) }
        : { source: sourceAt(places, row, sources) }),
      seen,
      ...(before === undefined ? {} : { before }),
      after,
      ...(rowsBetweenFalseAlarms === undefined ? {} : { rowsBetweenFalseAlarms }),
    }
    this.#drifts.add(time, model.name, JSON.stringify(event))
  }
}

function sourceAt(
  places: readonly Column[],
  row: number,
  sources: readonly StreamPlan[],
): DriftEvent['source'] & {} {
  const { stream, partition } = sourceOf(numbersOf(places[SOURCE_PARTITION])[row], sources)
  return { topic: stream.topic, partition, offset: numbersOf(places[SOURCE_OFFSET])[row] }
}

function columnsOf(taken: Taken, input: DriftInput): Columns {
  if (taken.count === 0) return { input, versions: new Float64Array(0), numbers: [], places: [] }
  return {
    input,
    versions: numbersOf(gather(taken, FIRST)),
    numbers: input.watched.map((_, i) => gather(taken, FIRST + 1 + i)),
    places: Array.from({ length: KEY + 1 }, (_, i) => gather(taken, i)),
  }
}
