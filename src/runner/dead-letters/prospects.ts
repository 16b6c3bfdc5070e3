// What would become of dead letters that are tried again: whether they fit their schema now, and which windows can still take them.
// An event is taken where its stream's lateness allows it; a window counts it from then on only while it still reaches back to it.
import { RecordsBuilder } from '../../base/records.ts'
import type { Log } from '../../contracts/log.ts'
import { readsSource, type TaskPlan } from '../../engine/task-plan.ts'
import { restore } from '../../engine/recovery.ts'
import { greatestTime } from '../../engine/operators/source-body.ts'
import type { FeaturePlan, Plan, SetPlan, StreamPlan } from '../../pipeline/plan.ts'
import { Evaluator } from '../../schema/evaluate.ts'
import { KeyColumn } from '../../schema/event-keys.ts'
import { emptyBatch, type EventSchema } from '../../schema/event-schema.ts'
import { installGuard } from '../../schema/guard.ts'
import type { Letter } from './letters.ts'
import { placeOf } from './retries.ts'

export interface WindowProspect {
  /** `set.feature`. */
  readonly feature: string
  /** Events whose window still reaches back to them. */
  readonly takes: number
  /** Events it will never count, though the stream takes them. */
  readonly over: number
}

/** What is known of one letter. */
export type Prospect =
  /** It is as bad as it was, and would come back. */
  | { readonly kind: 'unfit' }
  /** Further back than its stream's lateness: it would go to the topic of late events. */
  | { readonly kind: 'late'; readonly topic: string }
  | {
      readonly kind: 'taken'
      /** Whether a stage set it aside, after sets had counted it: they would count it twice. */
      readonly again: boolean
    }

export class Prospects {
  readonly #log: Log
  readonly #plan: Plan
  readonly #schemas: ReadonlyMap<string, EventSchema>
  readonly #times: ReadonlyMap<string, readonly number[]>
  readonly #evaluators = new Map<string, Evaluator>()
  readonly #windows = new Map<string, { takes: number; over: number }>()

  private constructor(
    of: { log: Log; plan: Plan; schemas: ReadonlyMap<string, EventSchema> },
    times: ReadonlyMap<string, readonly number[]>,
  ) {
    this.#log = of.log
    this.#plan = of.plan
    this.#schemas = of.schemas
    this.#times = times
  }

  /** Reads how far the sources have come. */
  static async of(
    parts: { log: Log; plan: Plan; schemas: ReadonlyMap<string, EventSchema> },
    tasks: readonly TaskPlan[],
  ): Promise<Prospects> {
    const times = new Map<string, number[]>()
    for (const task of tasks) {
      if (!readsSource(task)) continue
      const { memory } = await restore(parts.log, task.spec)
      const own = times.get(task.stream.name) ?? []
      own[task.spec.number] = greatestTime(memory)
      times.set(task.stream.name, own)
    }
    return new Prospects(parts, times)
  }

  /** Windows that were asked about letters so far, in the order of the definition. */
  get windows(): readonly WindowProspect[] {
    return [...this.#windows].map(([feature, counts]) => ({ feature, ...counts }))
  }

  async judge(letters: readonly Letter[]): Promise<Prospect[]> {
    const prospects: Prospect[] = letters.map(() => ({ kind: 'unfit' }))
    for (const stream of this.#plan.streams) {
      const own = letters.flatMap((letter, i) => (letter.stream === stream.name ? [i] : []))
      const times = this.#timesOf(
        stream,
        own.map((i) => letters[i]),
      )
      for (const [at, i] of own.entries()) {
        const time = times[at]
        if (!Number.isNaN(time)) prospects[i] = await this.#judge(stream, letters[i], time)
      }
    }
    return prospects
  }

  async #judge(stream: StreamPlan, letter: Letter, time: number): Promise<Prospect> {
    const { partition } = await placeOf(this.#log, letter.origin, letter.key)
    const greatest = this.#times.get(stream.name)?.[partition] ?? -Infinity
    if (time < greatest - stream.latenessMs)
      return { kind: 'late', topic: stream.late ?? `${stream.name}.late` }
    this.#askWindows(stream, time)
    return { kind: 'taken', again: letter.stage !== '' }
  }

  /** Event time of each letter as the definition reads it now; NaN where it does not. */
  #timesOf(stream: StreamPlan, letters: readonly Letter[]): Float64Array {
    const times = new Float64Array(letters.length).fill(NaN)
    const schema = this.#schemas.get(stream.name)
    if (schema === undefined || letters.length === 0) return times
    const evaluator =
      this.#evaluators.get(stream.name) ?? new Evaluator(schema.fields, installGuard())
    this.#evaluators.set(stream.name, evaluator)
    const records = new RecordsBuilder()
    for (const { time, key, value } of letters) records.add(time, key, value, '')
    const batch = emptyBatch()
    schema.decoder().decode(records.records(), batch)
    const { rows, columns, objects, recordOf } = batch
    const events = { rows, columns, objects }
    const own = new Float64Array(rows)
    const failures: { row: number; reason: string }[] = []
    evaluator.times(stream.time, events, own, failures)
    evaluator.keys(stream.key, events, new KeyColumn(), failures)
    for (const { row } of failures) own[row] = NaN
    for (let row = 0; row < rows; row++) times[recordOf[row]] = own[row]
    return times
  }

  /** The rows that read a window come from the stream that is predicted; the next of them is about as far as its furthest partition. */
  #askWindows({ name }: StreamPlan, time: number): void {
    const read = this.#plan.streams.filter((each) =>
      madeOf(this.#plan, each.name).has(this.#plan.from),
    )
    const now = Math.max(...read.flatMap((each) => this.#times.get(each.name) ?? []))
    for (const { set, as } of setsOf(this.#plan, name)) {
      for (const feature of set.features) {
        if (feature.kind !== 'window') continue
        const title = `${as}.${feature.name}`
        const counts = this.#windows.get(title) ?? { takes: 0, over: 0 }
        this.#windows.set(title, counts)
        if (stillTakes(feature, time, now)) counts.takes++
        else counts.over++
      }
    }
  }
}

function stillTakes(feature: FeaturePlan & { kind: 'window' }, time: number, now: number): boolean {
  const { overMs, delayMs, hopMs } = feature.window
  const from = now - delayMs - overMs
  return now === -Infinity || time > (hopMs === undefined ? from : Math.floor(from / hopMs) * hopMs)
}

/** Sets that may take events of a stream, be it through derived ones. */
function setsOf(plan: Plan, stream: string): { set: SetPlan; as: string }[] {
  const names = madeOf(plan, stream)
  return plan.stages
    .flatMap(({ own, lookups }) => [...own, ...lookups])
    .filter(({ set }) => names.has(set.stream))
}

/** A stream, and all that are made of it. */
function madeOf({ derived }: Plan, stream: string): ReadonlySet<string> {
  const names = new Set([stream])
  for (const { name, of } of derived) if (of.some((each) => names.has(each))) names.add(name)
  return names
}
