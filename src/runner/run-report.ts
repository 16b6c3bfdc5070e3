// The report of a run, from what its tasks committed: every count is exact, whatever died on the way.
import { isOfStage, readsSource } from '../engine/task-plan.ts'
import { driftReports } from './drift-reports.ts'
import { labelCounts } from './label-counts.ts'
import { learningReports } from './learning-reports.ts'
import { quarantineReports } from './versions/quarantines.ts'
import type { Explanation } from '../contracts/explanation.ts'
import type {
  LabelCounts,
  QualityReport,
  RunReport,
  VersionReport,
} from '../contracts/run-report.ts'
import type { Log } from '../contracts/log.ts'
import { derivedCount } from '../engine/operators/source-body.ts'
import type { Plan } from '../pipeline/plan.ts'
import { explanations } from './provenance/explain.ts'
import type { RunStatus } from './run-status.ts'
import type { RunLayout } from './sized.ts'
import type { Figures } from './measure.ts'
import type { VersionMetrics } from './versions/version-metrics.ts'
import { readMetrics, readTasks, sumOf } from './read-state.ts'
import { valueAt } from '../schema/event-view.ts'
import { KEY } from '../engine/exchange/layout.ts'
import { eachReceiptBlock } from './provenance/receipts.ts'

export interface ReportOf {
  readonly log: Log
  readonly folder: string
  readonly plan: Plan
  readonly layout: RunLayout
  readonly status: RunStatus
  readonly wallSeconds: number
  /** Records the source tasks had taken before this run. */
  readonly eventsBefore: number
  readonly bytesOnDisk: number
  readonly bytesWritten: number | undefined
  /** Whether it may hold values of events. */
  readonly showValues: boolean
}

export async function runReport({
  log,
  folder,
  plan,
  layout,
  status,
  wallSeconds,
  eventsBefore,
  bytesOnDisk,
  bytesWritten,
  showValues,
}: ReportOf): Promise<RunReport> {
  const tasks = await readTasks(log, layout.tasks)
  const last = plan.stages[plan.stages.length - 1]
  const scored = sumOf(tasks, (task) => isOfStage(task) && task.stage === last)
  const streams = plan.streams.map(({ name }) => {
    const counts = sumOf(tasks, (task) => readsSource(task) && task.stream.name === name)
    return {
      name,
      records: counts.records ?? 0,
      events: counts.events ?? 0,
      bad: counts.bad ?? 0,
      late: counts.late ?? 0,
      ahead: counts.ahead ?? 0,
      filtered: counts.filtered ?? 0,
    }
  })
  const sources = sumOf(tasks, readsSource)
  const events = (name: string): number => sources[derivedCount(name)] ?? 0
  const derived = plan.derived.map(({ name, of }) => ({ name, of, events: events(name) }))
  const stages = sumOf(tasks, isOfStage)
  const unpredicted = scored.unpredicted ?? 0
  const predictions = (scored.predictions ?? 0) - unpredicted
  const labels = labelCounts(plan, {
    stage: scored,
    join: (model) => sumOf(tasks, (task) => task.kind === 'join' && task.model.name === model),
  })
  return {
    pipeline: plan.pipeline,
    events: Object.fromEntries(streams.map(({ name, records }) => [name, records])),
    eventsBefore,
    streams,
    derived,
    from: plan.from,
    rows: scored.rows ?? 0,
    rowsSetAsideBefore: (stages.setAside ?? 0) - (scored.setAside ?? 0),
    rowsSetAside: stages.setAside ?? 0,
    models: last.models.length,
    predictions,
    unpredicted,
    deadLetters: streams.reduce((sum, { bad, ahead }) => sum + bad + ahead, stages.setAside ?? 0),
    ...modelReport(await readMetrics(log, plan.pipeline, layout.tasks), plan, labels),
    learning: learningReports(layout.tasks, tasks),
    drifts: await driftReports(log, plan),
    recordsEmitted: (scored.written ?? 0) + (stages.periodRows ?? 0),
    periodRowsSetAside: stages.periodRowsSetAside ?? 0,
    wallSeconds,
    cpuSeconds: status.cpuSeconds,
    peakMemoryBytes: status.peakMemoryBytes,
    bytesOnDisk,
    bytesWritten,
    folder,
    restarts: status.restarts,
    quarantined: quarantineReports(status.quarantined, plan),
    ended: status.ended,
    explained: showValues ? await oneExplained(log, plan) : undefined,
  }
}

function modelReport(
  models: ReadonlyMap<string, readonly VersionMetrics[]>,
  plan: Plan,
  counts: ReadonlyMap<string, LabelCounts>,
): Pick<RunReport, 'labels' | 'model' | 'months' | 'otherModels'> {
  const [first, ...others] = plan.stages
    .flatMap((stage) => stage.models)
    .filter(({ labels }) => labels !== undefined)
  const versionsOf = (name: string): VersionReport[] => (models.get(name) ?? []).map(versionReport)
  const versions = first === undefined ? [] : versionsOf(first.name)
  const otherModels = others.flatMap(({ name }) =>
    versionsOf(name)
      .slice(0, 1)
      .map((version) => ({ name, labels: counts.get(name), ...version })),
  )
  const own = first && counts.get(first.name)
  if (first === undefined || versions.length === 0)
    return { labels: own, model: undefined, months: [], otherModels }
  const { months, ...newest } = versions[0]
  return { labels: own, model: { name: first.name, ...newest, versions }, months, otherModels }
}

export function versionReport({ version, measure, all, months }: VersionMetrics): VersionReport {
  const { count, brier, confusion } = all
  return {
    version,
    measure,
    judged: count,
    ...qualityOf(all),
    brier,
    confusion,
    months: months.map(({ month, metrics }) => ({
      month,
      count: metrics.count,
      positives:
        metrics.positives === undefined || metrics.count === 0
          ? undefined
          : metrics.positives / metrics.count,
      ...qualityOf(metrics),
    })),
  }
}

function qualityOf(figures: Figures): QualityReport {
  const { logLoss, baseRateLogLoss, auc } = figures
  const { accuracy, baseAccuracy, kappa, f1Macro } = figures
  const { mae, rmse, baseRmse, r2, reward, chanceReward } = figures
  return {
    logLoss,
    baseRateLogLoss,
    auc,
    accuracy,
    baseAccuracy,
    kappa,
    f1Macro,
    mae,
    rmse,
    baseRmse,
    r2,
    reward,
    chanceReward,
  }
}

async function oneExplained(log: Log, plan: Plan): Promise<Explanation | undefined> {
  let id: unknown
  await eachReceiptBlock(log, plan.pipeline, ({ block, offset }) => {
    id = valueAt(block.column(KEY), block.rows >> 1)
    return offset < 10
  })
  if (typeof id !== 'string') return undefined
  const [explanation] = await explanations(log, plan, id)
  return explanation
}
