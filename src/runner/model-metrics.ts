// Metrics of a model's labels, in the memory of the task that joins them.
import type { JoinMetrics } from '../engine/operators/join-body.ts'
import type { StateMemory } from '../engine/state/memory.ts'
import {
  binaryMetrics,
  type BinaryMetrics,
  type BinaryReport,
} from '../learning/metrics/binary-metrics.ts'
import { MonthlyMetrics, type MonthReport } from '../learning/metrics/monthly-metrics.ts'

export interface ModelReport {
  readonly all: BinaryReport
  readonly months: readonly MonthReport<BinaryReport>[]
}

/** Metrics of a model that gives a probability of a boolean label. */
export class ModelMetrics implements JoinMetrics {
  readonly #monthly: MonthlyMetrics<BinaryReport, BinaryMetrics>

  constructor(memory: StateMemory) {
    this.#monthly = new MonthlyMetrics(memory.region('metrics', 8), binaryMetrics())
  }

  add(score: number, label: number, time: number): void {
    this.#monthly.add(time, score, label)
  }

  remove(score: number, label: number, time: number): void {
    this.#monthly.remove(time, score, label)
  }

  merge(from: ModelMetrics): void {
    this.#monthly.merge(from.#monthly)
  }

  report(): ModelReport {
    return { all: this.#monthly.value(), months: this.#monthly.months() }
  }
}
