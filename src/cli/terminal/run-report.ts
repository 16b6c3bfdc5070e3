// Whether the counts of a run balance. What a report holds is promised in contracts/run-report.ts.
import type {
  ModelReport,
  MonthReport,
  RunReport,
  StreamReport,
} from '../../contracts/run-report.ts'

export type { ModelReport, MonthReport, RunReport, StreamReport }

export type Addend = readonly [count: number, is: string]

/** One equation between counts. */
export interface Balance {
  readonly left: number
  readonly leftIs: string
  /** What the left side must be the sum of. */
  readonly right: readonly Addend[]
  readonly holds: boolean
}

/** Nothing appears and nothing vanishes: every event and every prediction is counted in exactly one place. */
export function balances(report: RunReport): Balance[] {
  const { labels, predictions } = report
  const equations = report.streams.map((stream) =>
    equation(
      [stream.records, `records of ${stream.name}`],
      [
        [stream.events, 'good'],
        [stream.bad, 'bad'],
        [stream.late, 'late'],
        [stream.ahead, 'ahead of time'],
      ],
    ),
  )
  const from = report.streams.find(({ name }) => name === report.from)
  if (from !== undefined) {
    // A run that was stopped leaves rows between its stages; they are nowhere else.
    const done = predictions + report.unpredicted
    const onTheirWay = report.ended ? 0 : Math.max(0, from.events - done)
    equations.push(
      equation(
        [from.events, `good events of ${from.name}`],
        [
          [predictions, 'predicted'],
          [report.unpredicted, 'not predicted'],
          [onTheirWay, 'on their way'],
        ],
      ),
    )
  }
  if (labels !== undefined) {
    equations.push(
      equation(
        [predictions, 'predictions'],
        [
          [labels.joined, 'joined to a label'],
          [labels.expired, 'expired'],
          [labels.pending, 'waiting'],
        ],
      ),
    )
  }
  return equations
}

function equation([left, leftIs]: Addend, right: readonly Addend[]): Balance {
  const sum = right.reduce((total, [count]) => total + count, 0)
  return { left, leftIs, right, holds: left === sum }
}
