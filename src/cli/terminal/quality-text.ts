// What labels say of predictions, as the columns of a table: which figures there are follows from how labels are measured.
import { metricText } from '../../base/figures.ts'
import type { MeasureKind, QualityReport } from '../../contracts/run-report.ts'

export interface QualityColumn {
  readonly head: string
  readonly of: (quality: QualityReport) => string
}

/** Figures, the most telling one first. */
export function qualityColumns(measure: MeasureKind): readonly QualityColumn[] {
  return COLUMNS[measure]
}

const COLUMNS: Readonly<Record<MeasureKind, readonly QualityColumn[]>> = {
  probability: [
    { head: 'AUC', of: ({ auc }) => metricText(auc, 3) },
    { head: 'log loss', of: ({ logLoss }) => metricText(logLoss) },
    { head: 'base rate', of: ({ baseRateLogLoss }) => metricText(baseRateLogLoss) },
  ],
  classes: [
    { head: 'accuracy', of: ({ accuracy }) => metricText(accuracy, 3) },
    { head: 'most frequent', of: ({ baseAccuracy }) => metricText(baseAccuracy, 3) },
    { head: 'kappa', of: ({ kappa }) => metricText(kappa, 3) },
    { head: 'F1 macro', of: ({ f1Macro }) => metricText(f1Macro, 3) },
    { head: 'log loss', of: ({ logLoss }) => metricText(logLoss) },
  ],
  numbers: [
    { head: 'MAE', of: ({ mae }) => metricText(mae) },
    { head: 'RMSE', of: ({ rmse }) => metricText(rmse) },
    { head: 'of the mean', of: ({ baseRmse }) => metricText(baseRmse) },
    { head: 'R2', of: ({ r2 }) => metricText(r2, 3) },
  ],
  rewards: [
    { head: 'reward', of: ({ reward }) => metricText(reward) },
    { head: 'by chance', of: ({ chanceReward }) => metricText(chanceReward) },
  ],
}

/** In one line: `accuracy 0.871 (most frequent 0.402), kappa 0.790`. */
export function qualityText(measure: MeasureKind, quality: QualityReport): string {
  const { accuracy, baseAccuracy, kappa, mae, rmse, baseRmse, r2, reward, chanceReward } = quality
  switch (measure) {
    case 'probability':
      return `log loss ${metricText(quality.logLoss)} (base rate ${metricText(quality.baseRateLogLoss)}), AUC ${metricText(quality.auc)}`
    case 'classes':
      return `accuracy ${metricText(accuracy)} (most frequent ${metricText(baseAccuracy)}), kappa ${metricText(kappa)}`
    case 'numbers':
      return `RMSE ${metricText(rmse)} (of the mean ${metricText(baseRmse)}), MAE ${metricText(mae)}, R2 ${metricText(r2)}`
    case 'rewards':
      return `reward ${metricText(reward)} (by chance ${metricText(chanceReward)})`
  }
}

/** By how much it is better than knowing the labels' shares, or their mean, alone: the share of their loss that is gone. A reward is no loss. */
export function gain(measure: MeasureKind, quality: QualityReport): number | undefined {
  const { logLoss, baseRateLogLoss, accuracy, baseAccuracy, rmse, baseRmse } = quality
  if (measure === 'rewards') return undefined
  if (measure === 'numbers') return less(rmse, baseRmse)
  if (measure === 'probability' || logLoss !== undefined) return less(logLoss, baseRateLogLoss)
  return accuracy === undefined || baseAccuracy === undefined
    ? undefined
    : less(1 - accuracy, 1 - baseAccuracy)
}

function less(loss: number | undefined, base: number | undefined): number | undefined {
  return loss === undefined || base === undefined || base === 0 ? undefined : 1 - loss / base
}
