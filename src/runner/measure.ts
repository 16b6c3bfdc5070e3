// How the labels of a model are measured, whichever they are: one set of figures for all.
import type { MeasureKind, ProgressFigure } from '../contracts/run-report.ts'
import { binaryMetrics } from '../learning/metrics/binary-metrics.ts'
import { classMetrics, isClass } from '../learning/metrics/class-metrics.ts'
import type { MetricMemory } from '../learning/metrics/metric-memory.ts'
import type { Metrics, MetricsKind } from '../learning/metrics/metrics-kind.ts'
import { MEASURED_MAX, regressionMetrics } from '../learning/metrics/regression-metrics.ts'
import { isRewarded, rewardMetrics } from '../learning/metrics/reward-metrics.ts'
import type { LabelPlan, MeasurePlan } from '../pipeline/plan.ts'

/** Figures of some pairs; those that labels do not measure are undefined. */
export interface Figures {
  readonly count: number
  readonly positives?: number | undefined
  readonly logLoss?: number | undefined
  readonly brier?: number | undefined
  readonly baseRateLogLoss?: number | undefined
  readonly auc?: number | undefined
  readonly accuracy?: number | undefined
  readonly baseAccuracy?: number | undefined
  readonly kappa?: number | undefined
  readonly f1Macro?: number | undefined
  readonly confusion?: readonly (readonly number[])[] | undefined
  readonly mae?: number | undefined
  readonly rmse?: number | undefined
  readonly baseRmse?: number | undefined
  readonly r2?: number | undefined
  readonly reward?: number | undefined
  readonly chanceReward?: number | undefined
}

export interface Measuring extends Metrics<Figures> {
  /** Where its numbers are. */
  readonly memory: MetricMemory
  readonly at: number
  /** Adds those of another, of the same kind. */
  merge(from: Measuring): void
}

export interface Measure {
  readonly kind: MetricsKind<Figures, Measuring>
  /** Of the names of what it is kept in. */
  readonly suffix: string
  measures(score: number, label: number): boolean
}

export function measureOf(measure: MeasurePlan): Measure {
  switch (measure.kind) {
    case 'probability':
      return {
        kind: oneKind(binaryMetrics()),
        suffix: '',
        measures: (score, label) => Number.isFinite(score) && (label === 0 || label === 1),
      }
    case 'classes': {
      const { classes, chances } = measure
      return {
        kind: oneKind(classMetrics({ classes, chances })),
        suffix: `/${chances ? 'probabilities' : 'classes'}-${classes}`,
        measures: (score, label) => isClass(score, classes) && isClass(label, classes),
      }
    }
    case 'numbers':
      return {
        kind: oneKind(regressionMetrics()),
        suffix: '/numbers',
        measures: (score, label) => isMeasured(score) && isMeasured(label),
      }
    case 'rewards':
      return {
        kind: oneKind(rewardMetrics(measure.arms)),
        suffix: `/rewards-${measure.arms}`,
        measures: isRewarded,
      }
  }
}

function isMeasured(value: number): boolean {
  return Math.abs(value) <= MEASURED_MAX
}

/** Metrics of one kind as those of any. */
function oneKind<Report extends Figures, Of extends Metrics<Report>>(
  kind: MetricsKind<Report, Of>,
): MetricsKind<Figures, Measuring> {
  return {
    doubles: kind.doubles,
    over: (memory, at) => {
      const of = kind.over(memory, at)
      return {
        memory,
        at,
        add: (predicted, label, chance) => of.add(predicted, label, chance),
        remove: (predicted, label, chance) => of.remove(predicted, label, chance),
        value: () => of.value(),
        merge: (from) => kind.merge(of, kind.over(from.memory, from.at)),
      }
    },
    merge: (into, from) => into.merge(from),
  }
}

/** The one figure that is told while a run goes on. */
export function progressFigure(
  measure: MeasureKind,
  figures: Figures,
): { readonly figure: ProgressFigure; readonly value: number; readonly base: number } {
  const { logLoss, baseRateLogLoss, accuracy, baseAccuracy, rmse, baseRmse } = figures
  if (measure === 'rewards')
    return { figure: 'reward', value: figures.reward ?? 0, base: figures.chanceReward ?? 0 }
  if (measure === 'numbers') return { figure: 'RMSE', value: rmse ?? 0, base: baseRmse ?? 0 }
  if (measure === 'classes' && logLoss === undefined)
    return { figure: 'accuracy', value: accuracy ?? 0, base: baseAccuracy ?? 0 }
  return { figure: 'log loss', value: logLoss ?? 0, base: baseRateLogLoss ?? 0 }
}

/** Which figure that is, before there is one. */
export function figureOf(labels: LabelPlan | undefined): ProgressFigure {
  const measure = labels?.measure
  if (measure?.kind === 'numbers') return 'RMSE'
  if (measure?.kind === 'rewards') return 'reward'
  return measure?.kind === 'classes' && !measure.chances ? 'accuracy' : 'log loss'
}
