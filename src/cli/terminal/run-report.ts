// What a run says when it is over: the data, and whether its counts balance. run-report-text.ts shows it to a person;
// `--report FILE` writes it as it is, so a name here is a promise to whoever reads the file.
import type { LabelCounts } from './run-progress.ts'

export interface RunReport {
  readonly pipeline: string
  /** Events by stream, as they came in, bad ones included. */
  readonly events: Readonly<Record<string, number>>
  readonly streams: readonly StreamReport[]
  /** The stream that is predicted. */
  readonly from: string
  readonly predictions: number
  /** Rows that no model could score, and that had no fallback. */
  readonly unpredicted: number
  readonly deadLetters: number
  /** undefined for a pipeline without labels. */
  readonly labels: LabelCounts | undefined
  /** undefined for a pipeline without labels. */
  readonly model: ModelReport | undefined
  readonly months: readonly MonthReport[]
  /** Records written to topics that the pipeline's `emit` and `when` name, by topic. */
  readonly outputs: Readonly<Record<string, number>>
  readonly wallSeconds: number
  /** Of all processes. */
  readonly cpuSeconds: number
  /** Sum over all processes of their own peaks. */
  readonly peakMemoryBytes: number
  readonly bytesOnDisk: number
  /** Where the data lies. */
  readonly folder: string
  readonly restarts: number
  /** Whether the run came to the end of all its inputs. */
  readonly ended: boolean
  /** One prediction explained from its receipt, as lines of text; empty where there is none. */
  readonly explained: readonly string[]
}

export interface StreamReport {
  readonly name: string
  readonly records: number
  readonly events: number
  readonly bad: number
  readonly late: number
  readonly ahead: number
}

export interface ModelReport {
  readonly name: string
  readonly logLoss: number | undefined
  readonly auc: number | undefined
  readonly brier: number | undefined
  /** Log loss of always saying the share of positives. */
  readonly baseRateLogLoss: number | undefined
}

export interface MonthReport {
  /** `2001-04`, of the time of prediction. */
  readonly month: string
  /** Predictions that were judged. */
  readonly count: number
  /** Share of positives among their labels. */
  readonly positives: number | undefined
  readonly logLoss: number | undefined
  readonly auc: number | undefined
  readonly baseRateLogLoss: number | undefined
}

/** One equation between counts. */
export interface Balance {
  readonly left: number
  readonly leftIs: string
  readonly right: number
  readonly rightIs: string
  readonly holds: boolean
}

/** Nothing appears and nothing vanishes: every event and every prediction is counted in exactly one place. */
export function balances(report: RunReport): Balance[] {
  const { labels, predictions } = report
  const equations = report.streams.map((stream) =>
    equation(
      [stream.records, `records of ${stream.name}`],
      [
        stream.events + stream.bad + stream.late + stream.ahead,
        `good + bad + late + ahead of time`,
      ],
    ),
  )
  const from = report.streams.find(({ name }) => name === report.from)
  if (from !== undefined) {
    equations.push(
      equation(
        [from.events, `good events of ${from.name}`],
        [predictions + report.unpredicted, 'predictions + unpredicted'],
      ),
    )
  }
  if (labels !== undefined) {
    equations.push(
      equation(
        [predictions, 'predictions'],
        [labels.joined + labels.expired + labels.pending, 'joined + expired + waiting for a label'],
      ),
    )
  }
  return equations
}

function equation(left: [number, string], right: [number, string]): Balance {
  const [leftCount, leftIs] = left
  const [rightCount, rightIs] = right
  return { left: leftCount, leftIs, right: rightCount, rightIs, holds: leftCount === rightCount }
}
