// The figures of a run, by their names in `/metrics`. docs/http.md lists them.
import { isOfStage, readsSource, type TaskPlan } from '../../engine/task-plan.ts'
import type { Figure, Sample } from '../../contracts/edge.ts'
import type { OpenTransaction } from '../../contracts/log.ts'
import { COMMIT_BOUNDS_MS, type CommitTimes } from '../../engine/commit-times.ts'
import type { TaskStatus } from '../messages.ts'
import { lagSeconds, type LaneLag } from '../status/lane-lags.ts'
import { counter, gauge } from './figure.ts'
import { groupFigures, type GroupFigures } from './group-figures.ts'

export interface TaskFigures extends TaskStatus {
  readonly stage: string
  readonly task: number
  readonly kind: TaskPlan['kind']
}

export interface ProcessFigures {
  readonly name: string
  readonly memoryBytes: number
  readonly cpuSeconds: number
}

export interface RunFigures extends GroupFigures {
  readonly tasks: readonly TaskFigures[]
  readonly processes: readonly ProcessFigures[]
  readonly restarts: number
  readonly quarantined: readonly { readonly model: string; readonly hangs: number }[]
}

/** What the log says of a run, beside what the run says of itself. */
export interface LogFigures {
  /** Of each task and lane, in the order of the run's figures. */
  readonly lags: readonly (readonly LaneLag[])[]
  readonly openTransactions: readonly OpenTransaction[] | undefined
  /** When it was read, ms since 1970. */
  readonly now: number
}

export function figuresOf(run: RunFigures, log: LogFigures): Figure[] {
  const { tasks, processes, restarts, quarantined } = run
  return [
    ...countsOf(tasks),
    ...stateOf(tasks, log),
    ...processFigures(processes),
    ...groupFigures(run, log.openTransactions, log.now),
    counter('millrace_worker_restarts_total', 'Workers that died and were started again.', [
      { labels: {}, value: restarts },
    ]),
    gauge(
      'millrace_model_quarantined',
      'Models that are not called because they hung too often: 1.',
      quarantined.map(({ model }) => ({ labels: { model }, value: 1 })),
    ),
  ]
}

function countsOf(tasks: readonly TaskFigures[]): Figure[] {
  return [
    counter(
      'millrace_records_total',
      'Records a source took, by what became of them.',
      tasks.flatMap(outcomes),
    ),
    ...STAGE_FIGURES.map(([count, name, help]) => counter(name, help, ofStages(tasks, count))),
    counter(
      'millrace_dead_letters_total',
      'Events and rows that were set aside, with their bytes and the reason.',
      deadLetters(tasks),
    ),
    counter(
      'millrace_labels_total',
      'Labels and predictions, by what became of them.',
      tasks.flatMap(labels),
    ),
    ...learnerFigures(tasks),
    counter(
      'millrace_drifts_total',
      'Drifts of what is watched of a model.',
      tasks.flatMap((task) =>
        task.kind === 'drift' ? [{ labels: labelsOf(task), value: task.counts.drifts ?? 0 }] : [],
      ),
    ),
  ]
}

function learnerFigures(tasks: readonly TaskFigures[]): Figure[] {
  const learners = tasks.filter(({ kind }) => kind === 'learner')
  const of = (count: string, unit = 1): Sample[] =>
    learners.map((task) => ({ labels: labelsOf(task), value: (task.counts[count] ?? 0) * unit }))
  return [
    counter(
      'millrace_examples_total',
      'Examples and rows a model took to learn from, by what became of them.',
      learners.flatMap((task) =>
        Object.entries(EXAMPLES).map(([outcome, count]) => ({
          labels: { ...labelsOf(task), outcome },
          value: task.counts[count] ?? 0,
        })),
      ),
    ),
    counter('millrace_learner_snapshots_total', 'Snapshots that predict.', of('snapshots')),
    counter('millrace_learner_snapshot_bytes_total', 'Bytes of all of them.', of('snapshotBytes')),
    gauge(
      'millrace_learner_newest_seconds',
      'Event time from which the newest snapshot predicts, seconds since 1970: how old it is says millrace_progress_seconds less this.',
      of('newestFrom', 1e-3),
    ),
    gauge('millrace_learner_bytes', 'Bytes of the newest snapshot.', of('newestBytes')),
  ]
}

const EXAMPLES: Readonly<Record<string, string>> = {
  learnt: 'learnt',
  bad_label: 'badLabel',
  bad_feature: 'badFeature',
  unknown_features: 'unknownFeatures',
  passed: 'passed',
}

function stateOf(tasks: readonly TaskFigures[], { lags, now }: LogFigures): Figure[] {
  return [
    gauge(
      'millrace_lag_records',
      'Records of a lane that its task has not taken yet: of a source events, between tasks blocks of rows.',
      tasks.flatMap((task, i) =>
        (lags[i] ?? []).map(({ behind }, lane) => {
          const { topic, partition } = task.lanes[lane]
          return { labels: { ...labelsOf(task), topic, partition }, value: behind }
        }),
      ),
    ),
    gauge(
      'millrace_lag_seconds',
      'For how long the oldest record that a task has not taken lies in the log: 0 where it has taken all.',
      tasks.flatMap((task, i) =>
        lags[i] === undefined ? [] : [{ labels: labelsOf(task), value: lagSeconds(lags[i], now) }],
      ),
    ),
    gauge(
      'millrace_progress_seconds',
      'Event time a task has come to, seconds since 1970.',
      progress(tasks),
    ),
    gauge(
      'millrace_waits_for_lane',
      'The lane that holds a task back, which has rows of others: 1.',
      waits(tasks),
    ),
    gauge(
      'millrace_task_paused',
      'Whether a task takes nothing until a person helps: 1.',
      tasks.map((task) => ({ labels: labelsOf(task), value: task.paused === undefined ? 0 : 1 })),
    ),
    gauge(
      'millrace_last_commit_timestamp_seconds',
      'When the last commit of a task was durable, seconds since 1970: with a lag, how long nothing has come of it.',
      tasks.flatMap((task) =>
        task.commits.lastAt === undefined
          ? []
          : [{ labels: labelsOf(task), value: task.commits.lastAt / 1000 }],
      ),
    ),
    {
      name: 'millrace_commit_seconds',
      kind: 'histogram',
      help: 'From a commit handed to the log until it is durable.',
      samples: tasks.flatMap((task) => histogram(labelsOf(task), task.commits)),
    },
  ]
}

function processFigures(processes: readonly ProcessFigures[]): Figure[] {
  return [
    gauge(
      'millrace_memory_bytes',
      'Resident memory of a process.',
      processes.map(({ name, memoryBytes }) => ({ labels: { process: name }, value: memoryBytes })),
    ),
    counter(
      'millrace_cpu_seconds_total',
      'CPU time of a process since it was started.',
      processes.map(({ name, cpuSeconds }) => ({ labels: { process: name }, value: cpuSeconds })),
    ),
  ]
}

const STAGE_FIGURES = [
  ['rows', 'millrace_rows_total', 'Rows a stage took.'],
  [
    'predictions',
    'millrace_predictions_total',
    'Rows that models were asked about, with those that one could not score.',
  ],
  [
    'unpredicted',
    'millrace_unpredicted_total',
    'Rows that a model could not score, without a fallback.',
  ],
  ['written', 'millrace_records_written_total', 'Records written by emit and when.'],
  ['periodRows', 'millrace_period_rows_total', 'Rows of periods written by every.'],
] as const

function labelsOf({ stage, task }: TaskFigures): { stage: string; task: number } {
  return { stage, task }
}

function ofStages(tasks: readonly TaskFigures[], count: string): Sample[] {
  return tasks.flatMap((task) =>
    isOfStage(task) ? [{ labels: labelsOf(task), value: task.counts[count] ?? 0 }] : [],
  )
}

function outcomes(task: TaskFigures): Sample[] {
  if (!readsSource(task)) return []
  const { events: good = 0, bad = 0, late = 0, ahead = 0, filtered = 0 } = task.counts
  return Object.entries({ good, bad, late, ahead, filtered }).map(([outcome, value]) => ({
    labels: { ...labelsOf(task), outcome },
    value,
  }))
}

function deadLetters(tasks: readonly TaskFigures[]): Sample[] {
  return tasks.flatMap((task) => {
    const { bad = 0, ahead = 0, setAside = 0, periodRowsSetAside = 0 } = task.counts
    if (task.kind === 'join' || task.kind === 'learner' || task.kind === 'drift') return []
    return [
      {
        labels: labelsOf(task),
        value: bad + ahead + setAside + periodRowsSetAside,
      },
    ]
  })
}

function labels(task: TaskFigures): Sample[] {
  if (task.kind !== 'join') return []
  return LABEL_OUTCOMES.map((outcome) => ({
    labels: { ...labelsOf(task), outcome },
    value: task.counts[outcome] ?? 0,
  }))
}

const LABEL_OUTCOMES = [
  'joined',
  'expired',
  'orphaned',
  'duplicate',
  'revised',
  'repeated',
  'unmeasured',
]

/** A task that has not begun, or came to the end of time, has none. */
function progress(tasks: readonly TaskFigures[]): Sample[] {
  return tasks.flatMap((task) =>
    Number.isFinite(task.progress) ? [{ labels: labelsOf(task), value: task.progress / 1000 }] : [],
  )
}

function waits(tasks: readonly TaskFigures[]): Sample[] {
  return tasks.flatMap((task) => {
    if (task.waitsFor === undefined) return []
    const { topic, partition } = task.waitsFor
    return [{ labels: { ...labelsOf(task), topic, partition }, value: 1 }]
  })
}

/** Buckets count what is at most as long as their bound, as Prometheus wants it. */
function histogram(of: Sample['labels'], { counts, sumMs }: CommitTimes): Figure['samples'] {
  let count = 0
  const buckets = counts.map((each, i) => {
    count += each
    const le = i < COMMIT_BOUNDS_MS.length ? COMMIT_BOUNDS_MS[i] / 1000 : '+Inf'
    return { suffix: '_bucket', labels: { ...of, le }, value: count }
  })
  return [
    ...buckets,
    { suffix: '_sum', labels: of, value: sumMs / 1000 },
    { suffix: '_count', labels: of, value: count },
  ]
}
