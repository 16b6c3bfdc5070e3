// What an evaluation measures: every metric of the task, over all rows or over a window.
import type { Metric } from '../../contracts/metric.ts'
import { confusion } from '../metrics/confusion.ts'
import { cumulative } from '../metrics/cumulative.ts'
import type { MetricType } from '../metrics/metric-type.ts'
import { probability } from '../metrics/probability.ts'
import { ranking } from '../metrics/ranking.ts'
import { regression } from '../metrics/regression.ts'
import { windowed } from '../metrics/windowed.ts'

/** One number a metric; what is not defined yet is left out. */
export type Figures = Readonly<Record<string, number>>

/** The metrics of a learner for so many outputs, as one. */
export interface FigureMetric {
  add(said: Float64Array, at: number, label: number): void
  value(): Figures
}

/** @param rows of the window; undefined: all. */
export function figureMetric(
  task: 'classes' | 'number',
  outputs: number,
  rows?: number,
): FigureMetric {
  const over = <Report>(type: MetricType<Report>): Metric<Report> =>
    rows === undefined ? cumulative(type) : windowed(type, { rows })
  if (task === 'number') return one(over(regression()))
  const metrics = [
    one(over(confusion({ classes: outputs }))),
    one(over(probability({ classes: outputs }))),
    ...(outputs === 2 ? [one(over(ranking()))] : []),
  ]
  return {
    add: (said, at, label) => {
      for (const metric of metrics) metric.add(said, at, label)
    },
    value: () => Object.assign({}, ...metrics.map((metric) => metric.value())) as Figures,
  }
}

function one<Report extends object>(metric: Metric<Report>): FigureMetric {
  return {
    add: (said, at, label) => metric.add(said, at, label),
    value: () => numbersOf(metric.value()),
  }
}

function numbersOf(report: object): Figures {
  return Object.fromEntries(
    Object.entries(report).filter(([, value]) => typeof value === 'number'),
  ) as Figures
}
