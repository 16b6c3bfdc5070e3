// Examples of a batch on their way to the task that watches for drift: whether each prediction was wrong, and its loss.
import { ABSENT, type Column } from '../../contracts/columns.ts'
import type { Append } from '../../contracts/log.ts'
import type { LabelPlan, MeasurePlan } from '../../pipeline/plan.ts'
import { KEY } from '../exchange/layout.ts'
import type { Hop } from '../exchange/router.ts'
import type { StateMemory } from '../state/memory.ts'
import { watchedOfExamples, watchLayout, type WatchedModel } from '../watched-models.ts'
import type { Measured } from './judging.ts'
import { ToldRows } from './told-rows.ts'

/** Progress is told beyond each multiple of it also where there is no example, ms. */
const PERIOD_MS = 60_000

/** Probabilities are kept so far away from 0 and 1. */
const EPSILON = 2 ** -52

export interface JudgedRowsOptions {
  readonly model: WatchedModel
  readonly topic: string
  /** Number of the task that joins. */
  readonly writer: number
}

/** How a join tells who watches: undefined where nothing is watched of its examples. */
export function judgedHop({ model, topic, writer }: JudgedRowsOptions): Hop | undefined {
  const watched = watchedOfExamples(model)
  return watched.length === 0
    ? undefined
    : { topic, layout: watchLayout(watched), partitions: 1, writer }
}

export class JudgedRows {
  readonly #watched: readonly string[]
  readonly #measure: MeasurePlan
  readonly #rows: ToldRows
  /** By the row of the batch's outcomes. */
  readonly #judged = new Map<number, Measured>()

  constructor(memory: StateMemory, model: WatchedModel, hop: Hop) {
    this.#watched = watchedOfExamples(model)
    this.#measure = measureOf(model.labels)
    this.#rows = new ToldRows(memory, `judged/${model.name}`, hop)
  }

  note(row: number, measured: Measured): void {
    this.#judged.set(row, measured)
  }

  /** @param columns of the batch's outcomes. */
  route(
    columns: readonly Column[],
    {
      progress,
      commit,
      count,
    }: { readonly progress: number; readonly commit: number; readonly count: number },
  ): Append[] {
    const judged = this.#judged
    const passes = Math.floor(progress / PERIOD_MS) > Math.floor(this.#rows.told / PERIOD_MS)
    if (judged.size === 0 && !passes) return []
    const keep = new Uint8Array(count)
    for (const row of judged.keys()) keep[row] = 1
    const values = ['version', ...this.#watched].map((name) => this.#column(name, count))
    judged.clear()
    return this.#rows.route(
      { place: columns.slice(0, KEY + 1), values, count },
      { progress, commit, keep },
    )
  }

  #column(name: string, count: number): Column {
    const values = new Float64Array(count)
    const marks = new Uint8Array(count).fill(ABSENT)
    for (const [row, measured] of this.#judged) {
      values[row] = name === 'version' ? measured.version : numberOf(name, this.#measure, measured)
      marks[row] = 0
    }
    return { kind: 'number', values, marks }
  }
}

export function measureOf(labels: LabelPlan | undefined): MeasurePlan {
  return labels?.measure ?? { kind: 'probability' }
}

/** An error of a class or of a probability, the log loss of a probability, the absolute error of a number, the reward that is missing. */
export function numberOf(
  name: string,
  { kind }: MeasurePlan,
  { score, label, chance = NaN }: Omit<Measured, 'version'>,
): number {
  if (name === 'error')
    return (kind === 'probability' ? Number(score >= 0.5) : score) === label ? 0 : 1
  if (kind === 'rewards') return -label
  if (kind === 'numbers') return Math.abs(score - label)
  const given = kind === 'classes' ? chance : label === 1 ? score : 1 - score
  return -Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, given)))
}
