// Metrics of a model's labels by the version that was judged, in the memory of the task that joins them.
import { versionText } from '../contracts/model-version.ts'
import type { JoinMetrics } from '../engine/operators/judging.ts'
import type { Region } from '../engine/state/region.ts'
import { StateMemory } from '../engine/state/memory.ts'
import { MonthlyMetrics, type MonthReport } from '../learning/metrics/monthly-metrics.ts'
import type { LabelPlan, MeasurePlan } from '../pipeline/plan.ts'
import { measureOf, type Figures, type Measuring } from './measure.ts'

export interface Metrics {
  readonly all: Figures
  readonly months: readonly MonthReport<Figures>[]
}

type Monthly = MonthlyMetrics<Figures, Measuring>

const COUNT = 0

/** Metrics of a model: a region a version, and one that lists them. */
export class ModelMetrics implements JoinMetrics {
  readonly chances: number
  readonly #memory: StateMemory
  readonly #measure: MeasurePlan
  readonly #of: ReturnType<typeof measureOf>
  /** Where its regions are; what is measured in another way has others. */
  readonly #name: string
  /** Their number, then each in the order of its first label. */
  readonly #list: Region
  /** Views of the regions, made when first used. */
  readonly #views = new Map<number, Monthly>()

  /** @param labels of the model; left out: of probabilities. */
  constructor(
    memory: StateMemory,
    { measure = { kind: 'probability' } }: Pick<LabelPlan, 'measure'> = {},
  ) {
    this.#memory = memory
    this.#measure = measure
    this.#of = measureOf(measure)
    this.chances = measure.kind === 'classes' && measure.chances ? measure.classes : 0
    this.#name = `metrics${this.#of.suffix}`
    this.#list = memory.region(this.#name, 8)
  }

  measures(score: number, label: number): boolean {
    return this.#of.measures(score, label)
  }

  of(version: number): Monthly {
    const known = this.#views.get(version)
    if (known !== undefined) return known
    const name = this.#regionOf(version)
    if (!this.#memory.has(name)) this.#enlist(version)
    const monthly = new MonthlyMetrics(this.#memory.region(name, 8), this.#of.kind)
    this.#views.set(version, monthly)
    return monthly
  }

  /** Adds what another task of the same model measured. */
  merge(from: ModelMetrics): void {
    for (const version of from.versions) this.of(version).merge(from.of(version))
  }

  /** How labels are measured. */
  get measure(): MeasurePlan['kind'] {
    return this.#measure.kind
  }

  /** Those with labels, in the order of their first one in this task. */
  get versions(): readonly number[] {
    return Array.from(this.#list.f64.subarray(1, 1 + this.#list.f64[COUNT]))
  }

  /** Of a version, over all its labels. */
  figures(version: number): Figures {
    return this.#read(version).value()
  }

  /** Of a version, over all its labels and by month. */
  report(version: number): Metrics {
    const own = this.#read(version)
    return { all: own.value(), months: own.months() }
  }

  #read(version: number): Monthly {
    if (this.#memory.has(this.#regionOf(version))) return this.of(version)
    return new MonthlyMetrics(new StateMemory().region('none', 8), this.#of.kind)
  }

  #enlist(version: number): void {
    const count = this.#list.f64[COUNT]
    this.#list.grow((count + 2) * 8)
    this.#list.setF64(1 + count, version)
    this.#list.setF64(COUNT, count + 1)
  }

  #regionOf(version: number): string {
    return `${this.#name}/${versionText(version)}`
  }
}
