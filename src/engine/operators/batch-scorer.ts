// Scores a batch with a model in announced calls, none of which has more rows than a deadline allows for, and leaves out
// the rows that hang it. What was left out is recorded with the commit: a replay leaves out the same rows, and calls no other.
import type { Column } from '../../contracts/columns.ts'
import type { CallRules, ModelCalls } from '../../contracts/model-calls.ts'
import type { LoadedModel, Scored } from '../../contracts/runtime.ts'
import type { Guard } from '../../schema/guard.ts'
import type { Unscored } from '../commit-record.ts'
import { callRanges, type BatchPlaces, type CallRange } from './call-ranges.ts'
import { columnPart, joinScored } from './scored-parts.ts'

/** About how many rows a call has: whole runs of the model, at least one. */
const CALL_ROWS = 256

export interface ScorerOptions {
  /** Id of the task. */
  readonly task: string
  /** Name of the model, and its index in the stage. */
  readonly model: string
  readonly index: number
  readonly loaded: LoadedModel
  readonly calls: ModelCalls
  /** Closed around what a call does at once: all of a model that is a function. */
  readonly guard: Guard
}

export interface ScoreRows {
  readonly places: BatchPlaces
  readonly commit: number
  readonly rules: CallRules
  readonly loaded?: LoadedModel | undefined
}

export interface ScoredBatch {
  readonly scored: Scored
  readonly unscored: Unscored | undefined
}

export class BatchScorer {
  readonly #options: ScorerOptions
  readonly #limit: number
  readonly #hung: string
  readonly #quarantined: string

  constructor(options: ScorerOptions) {
    const { bucket } = options.loaded
    this.#options = options
    this.#limit = Math.max(1, Math.floor(CALL_ROWS / bucket)) * bucket
    // Neither names a limit: a replay, under another, must say the same.
    this.#hung = `model '${options.model}' did not answer on this row: it took longer or more memory than it may, or its process died`
    this.#quarantined = `model '${options.model}' is quarantined: it hung too often`
  }

  /** What holds for the next batch. @param recorded what its commit says, in a replay. */
  rules(recorded: readonly Unscored[] | undefined): CallRules {
    const { task, model, index, calls } = this.#options
    if (recorded === undefined) return calls.rules(task, model)
    const own = recorded.find((each) => each.model === index)
    if (own === undefined) return { quarantined: false, hung: [], suspects: [] }
    return own.rows === 'all'
      ? { quarantined: true, hung: [], suspects: [] }
      : { quarantined: false, hung: own.rows, suspects: [] }
  }

  /** Whether the model cannot be called and has nothing to take its place. */
  get stuck(): boolean {
    const { task, model, loaded, calls } = this.#options
    return !loaded.fallsBack && calls.rules(task, model).quarantined
  }

  /** @param of `loaded` is the model as a snapshot has it; as it begins, where it is left out. */
  async score(features: readonly Column[], of: ScoreRows): Promise<ScoredBatch> {
    const { places, rules } = of
    const { loaded, index } = this.#options
    if (rules.quarantined) {
      const scored = loaded.without(places.rows, this.#quarantined)
      return { scored, unscored: { model: index, rows: 'all' } }
    }
    const ranges = callRanges(places, rules, this.#limit)
    const parts: Scored[] = []
    for (const range of ranges)
      parts.push(
        range.called
          ? await this.#call(features, range, of)
          : loaded.without(range.to - range.from, this.#hung),
      )
    return {
      scored: joinScored(parts, loaded.outputs.length),
      unscored: this.#unscored(places, ranges),
    }
  }

  #call(
    features: readonly Column[],
    { from, to }: CallRange,
    { places, commit, loaded = this.#options.loaded }: ScoreRows,
  ): Promise<Scored> {
    const { task, model, calls, guard } = this.#options
    const partitions = places.partitions.subarray(from, to)
    const offsets = places.offsets.subarray(from, to)
    const part =
      from === 0 && to === places.rows
        ? features
        : features.map((column) => columnPart(column, from, to))
    return calls.make({ task, model, commit, partitions, offsets }, () => {
      guard.enter()
      try {
        return loaded.score(part, to - from, { partitions, offsets })
      } finally {
        guard.leave()
      }
    })
  }

  #unscored(places: BatchPlaces, ranges: readonly CallRange[]): Unscored | undefined {
    const rows = ranges
      .filter(({ called }) => !called)
      .flatMap(({ from, to }) =>
        Array.from(
          { length: to - from },
          (_, i) => [places.partitions[from + i], places.offsets[from + i]] as const,
        ),
      )
    return rows.length === 0 ? undefined : { model: this.#options.index, rows }
  }
}
