// Whether the counts of a run balance. What a report holds is promised in contracts/run-report.ts.
import type {
  ModelReport,
  MonthReport,
  RunReport,
  StreamReport,
} from '../../contracts/run-report.ts'

export type { ModelReport, MonthReport, RunReport, StreamReport }

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
    const done = predictions + report.unpredicted
    // A run that was stopped leaves rows between its stages; they are nowhere else.
    const onTheirWay = report.ended ? 0 : Math.max(0, from.events - done)
    equations.push(
      equation(
        [from.events, `good events of ${from.name}`],
        [done + onTheirWay, `predictions + unpredicted${report.ended ? '' : ' + on their way'}`],
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
