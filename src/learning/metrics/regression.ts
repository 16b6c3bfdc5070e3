// The metrics of numbers as a metric that can be windowed, faded and sliced.
import type { MetricMemory } from './metric-memory.ts'
import type { MetricType, WeighedMetric } from './metric-type.ts'
import { RegressionMetrics, type RegressionReport } from './regression-metrics.ts'

class Regression implements WeighedMetric<RegressionReport> {
  readonly #metrics: RegressionMetrics

  constructor(memory: MetricMemory) {
    this.#metrics = new RegressionMetrics(memory)
  }

  add(said: Float64Array, at: number, label: number, _previous: number, weight: number): void {
    this.#metrics.addWeighted(said[at], label, weight)
  }

  scale(factor: number): void {
    this.#metrics.scale(factor)
  }

  value(unit: number): RegressionReport {
    const report = this.#metrics.value()
    return { ...report, count: report.count / unit }
  }
}

/**
 * MAE, RMSE, R2, SMAPE and bias. Memory: 152 bytes.
 * @example
 * fading(regression())
 */
export function regression(): MetricType<RegressionReport> {
  return {
    kind: 'regression',
    task: 'number',
    outputs: 1,
    settings: {},
    doubles: RegressionMetrics.doubles,
    over: (memory) => new Regression(memory),
  }
}
