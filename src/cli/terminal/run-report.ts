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
  return [
    ...report.streams.map((stream) =>
      equation(
        [stream.records, `records of ${stream.name}`],
        [
          [stream.events, 'good'],
          [stream.bad, 'bad'],
          [stream.late, 'late'],
          [stream.ahead, 'ahead of time'],
          [stream.filtered, 'filtered out'],
        ],
      ),
    ),
    ...rowBalances(report),
    ...labelBalance(report),
    deadLetterBalance(report),
  ]
}

/** What became of the good events of the stream that the pipeline is about. */
function rowBalances(report: RunReport): Balance[] {
  const { rows, rowsSetAsideBefore, models, predictions, unpredicted } = report
  const events =
    [...report.streams, ...report.derived].find(({ name }) => name === report.from)?.events ?? 0
  // A run that was stopped leaves rows between its stages; they are nowhere else.
  const onTheirWay = report.ended ? 0 : Math.max(0, events - rows - rowsSetAsideBefore)
  const aside: Addend = [rowsSetAsideBefore, 'set aside']
  const onWay: Addend = [onTheirWay, 'on their way']
  const left: Addend = [events, `good events of ${report.from}`]
  if (models === 0) return [equation(left, [[rows, 'came through'], aside, onWay])]
  return [
    equation(left, [[predictions, 'predicted'], [unpredicted, 'not predicted'], aside, onWay]),
  ]
}

function labelBalance({ labels }: RunReport): Balance[] {
  if (labels === undefined) return []
  return [
    equation(
      [labels.judged, 'predictions to be judged'],
      [
        [labels.joined, 'joined to a label'],
        [labels.expired, 'expired'],
        [labels.repeated, 'of an id that was there'],
        [labels.pending, 'waiting'],
      ],
    ),
  ]
}

function deadLetterBalance(report: RunReport): Balance {
  const { deadLetters, streams, rowsSetAside, periodRowsSetAside } = report
  const sum = (of: (stream: StreamReport) => number): number =>
    streams.reduce((total, stream) => total + of(stream), 0)
  return equation(
    [deadLetters, 'dead letters'],
    [
      [sum(({ bad }) => bad), 'bad events'],
      [sum(({ ahead }) => ahead), 'ahead of time'],
      [rowsSetAside, 'rows set aside'],
      [periodRowsSetAside, 'rows of periods'],
    ],
  )
}

function equation([left, leftIs]: Addend, right: readonly Addend[]): Balance {
  const sum = right.reduce((total, [count]) => total + count, 0)
  return { left, leftIs, right, holds: left === sum }
}
