// Watches a model for drift: numbers of its examples and of its rows, of all tasks in the one order of their merge time, each by its
// detector. A drift is a record of a topic, in the commit of the row that gave it away.
import { RecordsBuilder } from '../../base/records.ts'
import { PRESENT, type Column } from '../../contracts/columns.ts'
import type { DriftEvent } from '../../contracts/drift-event.ts'
import { FALLBACK_VERSION, versionText } from '../../contracts/model-version.ts'
import type { Append } from '../../contracts/log.ts'
import type { DriftPlan, StreamPlan, WindowDriftPlan } from '../../pipeline/plan.ts'
import { valueAt } from '../../schema/event-view.ts'
import type { BatchContext, StageBody } from '../body.ts'
import { gather } from '../exchange/gather.ts'
import {
  FIRST,
  KEY,
  MERGE_TIME,
  SOURCE_OFFSET,
  SOURCE_PARTITION,
  TIME,
} from '../exchange/layout.ts'
import type { Merged, Taken } from '../exchange/merge.ts'
import { sourceOf } from '../exchange/source-number.ts'
import { Counts } from '../state/counts.ts'
import type { StateMemory } from '../state/memory.ts'
import { watchedNumber, type WatchedModel } from '../watched-models.ts'
import { numbersOf } from './plain-columns.ts'
import { Watch, type WatchedDrift } from './watch.ts'
import { windowEvent } from './window-event.ts'
import { WindowWatch, type WindowedDrift } from './window-watch.ts'

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

/** A test over windows and the columns it compares. */
interface Compared {
  readonly plan: WindowDriftPlan
  readonly columns: readonly number[]
  /** Predictions are of versions, and so is all that is compared with them. */
  readonly ofVersions: boolean
  /** Those columns, of the batch. */
  numbers: readonly Column[]
  /** Version of the row before, and its watch. */
  version: number
  watch: WindowWatch | undefined
}

interface Columns {
  readonly input: DriftInput
  readonly versions: Float64Array
  readonly numbers: readonly Column[]
  readonly mergeTimes: Float64Array
  readonly places: readonly Column[]
}

export class DriftBody implements StageBody {
  readonly #options: DriftOptions
  readonly #memory: StateMemory
  readonly #counts: Counts<(typeof DRIFT_COUNTS)[number]>
  readonly #detected: readonly (readonly Detected[])[]
  readonly #compared: readonly (readonly Compared[])[]
  readonly #watches = new Map<string, Watch>()
  readonly #windows = new Map<string, WindowWatch>()
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
    this.#compared = options.inputs.map(({ from, watched }) =>
      from === 'examples'
        ? []
        : options.model.windowDrift.map((plan) => ({
            plan,
            columns: plan.numbers.map((number) => watched.indexOf(watchedNumber(number))),
            ofVersions: plan.numbers.some(({ of }) => of === 'prediction'),
            numbers: [],
            version: NaN,
            watch: undefined,
          })),
    )
  }

  process(merged: Merged, _batch: BatchContext): Append[] {
    this.#drifts.reset()
    const columns = merged.inputs.map((taken, i) => columnsOf(taken, this.#options.inputs[i]))
    columns.forEach(({ numbers }, i) => {
      for (const compared of this.#compared[i])
        compared.numbers = compared.columns.map((column) => numbers[column])
    })
    const next = merged.inputs.map(() => 0)
    for (let step = 0; step < merged.count; step++) {
      const input = merged.order[step]
      const row = next[input]++
      this.#row(columns[input], this.#detected[input], row)
      for (const compared of this.#compared[input]) this.#compare(columns[input], compared, row)
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

  #compare(columns: Columns, compared: Compared, row: number): void {
    const version = columns.versions[row]
    const { plan, ofVersions } = compared
    if (ofVersions && version === FALLBACK_VERSION) return
    if (compared.watch === undefined || (ofVersions && compared.version !== version)) {
      compared.watch = this.#windowWatch(plan, ofVersions ? version : undefined)
      compared.version = version
    }
    for (const drift of compared.watch.take(columns.mergeTimes[row], compared.numbers, row))
      this.#tellWindow(plan, drift, ofVersions ? version : undefined)
  }

  #windowWatch(plan: WindowDriftPlan, version: number | undefined): WindowWatch {
    const of = version === undefined ? OF_ALL : `${OF_VERSIONS}${versionText(version)}/`
    const own = `${of}${plan.name}/${plan.settings.slice(0, 16)}`
    const known = this.#windows.get(own)
    if (known !== undefined) return known
    const made = new WindowWatch(this.#memory, own, plan)
    this.#windows.set(own, made)
    return made
  }

  #tellWindow(
    { numbers, test }: WindowDriftPlan,
    drift: WindowedDrift,
    version: number | undefined,
  ): void {
    const event = windowEvent(drift, {
      model: this.#options.model.name,
      number: numbers[drift.number],
      test: test.kind,
      version: version === undefined ? undefined : versionText(version),
    })
    this.#drifts.add(drift.window.times.to, event.model, JSON.stringify(event))
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
  const none = new Float64Array(0)
  if (taken.count === 0) return { input, versions: none, numbers: [], mergeTimes: none, places: [] }
  const places = Array.from({ length: KEY + 1 }, (_, i) => gather(taken, i))
  return {
    input,
    versions: numbersOf(gather(taken, FIRST)),
    numbers: input.watched.map((_, i) => gather(taken, FIRST + 1 + i)),
    mergeTimes: numbersOf(places[MERGE_TIME]),
    places,
  }
}
