// Metrics of a model's labels by the version that was judged, in the memory of the task that joins them.
import { versionText } from '../contracts/model-version.ts'
import type { JoinMetrics } from '../engine/operators/join-body.ts'
import type { Region } from '../engine/state/region.ts'
import { StateMemory } from '../engine/state/memory.ts'
import {
  binaryMetrics,
  type BinaryMetrics,
  type BinaryReport,
} from '../learning/metrics/binary-metrics.ts'
import { MonthlyMetrics, type MonthReport } from '../learning/metrics/monthly-metrics.ts'

export interface Metrics {
  readonly all: BinaryReport
  readonly months: readonly MonthReport<BinaryReport>[]
}

type Monthly = MonthlyMetrics<BinaryReport, BinaryMetrics>

const COUNT = 0

/** Metrics of a model that gives a probability of a boolean label: a region a version, and one that lists them. */
export class ModelMetrics implements JoinMetrics {
  readonly #memory: StateMemory
  /** Their number, then each in the order of its first label. */
  readonly #list: Region
  /** Views of the regions, made when first used. */
  readonly #views = new Map<number, Monthly>()

  constructor(memory: StateMemory) {
    this.#memory = memory
    this.#list = memory.region('metrics', 8)
  }

  /** Of 0 and 1: those of a boolean. */
  measures(label: number): boolean {
    return label === 0 || label === 1
  }

  of(version: number): Monthly {
    const known = this.#views.get(version)
    if (known !== undefined) return known
    const name = regionOf(version)
    if (!this.#memory.has(name)) this.#enlist(version)
    const monthly = new MonthlyMetrics(this.#memory.region(name, 8), binaryMetrics())
    this.#views.set(version, monthly)
    return monthly
  }

  /** Adds what another task of the same model measured. */
  merge(from: ModelMetrics): void {
    for (const version of from.versions) this.of(version).merge(from.of(version))
  }

  /** Those with labels, in the order of their first one in this task. */
  get versions(): readonly number[] {
    return Array.from(this.#list.f64.subarray(1, 1 + this.#list.f64[COUNT]))
  }

  /** Of a version, over all its labels. */
  figures(version: number): BinaryReport {
    return this.#read(version).value()
  }

  /** Of a version, over all its labels and by month. */
  report(version: number): Metrics {
    const own = this.#read(version)
    return { all: own.value(), months: own.months() }
  }

  #read(version: number): Monthly {
    if (this.#memory.has(regionOf(version))) return this.of(version)
    return new MonthlyMetrics(new StateMemory().region('none', 8), binaryMetrics())
  }

  #enlist(version: number): void {
    const count = this.#list.f64[COUNT]
    this.#list.grow((count + 2) * 8)
    this.#list.setF64(1 + count, version)
    this.#list.setF64(COUNT, count + 1)
  }
}

function regionOf(version: number): string {
  return `metrics/${versionText(version)}`
}
