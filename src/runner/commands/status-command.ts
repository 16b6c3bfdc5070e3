// `millrace status`: how far every task has committed, and which one the others wait for.
import { bytesText, countText } from '../../base/figures.ts'
import type { Answer } from '../../contracts/commands.ts'
import { fileOf } from '../control.ts'
import { withPipeline } from '../open-pipeline.ts'
import { quarantinedNow, quarantineLines, quarantineReports } from '../versions/quarantines.ts'
import type { VersionMetrics } from '../versions/version-metrics.ts'
import { readMetrics, readTasks, type TaskState } from '../read-state.ts'

export async function status(place: {
  readonly file: string | undefined
  readonly log: string
}): Promise<Answer> {
  return withPipeline(
    { file: await fileOf(place), log: place.log },
    async ({ log, tasks, definition }) => {
      const states = await readTasks(log, tasks.tasks)
      const models = await readMetrics(log, definition.plan.pipeline, tasks.tasks)
      const { plan: own } = definition
      const quarantined = quarantineReports(await quarantinedNow(log, own.pipeline), own)
      return {
        ok: true,
        data: {
          pipeline: definition.plan.pipeline,
          plan: definition.plan.digest,
          tasks: states.map(({ plan, ...task }) => ({
            stage: plan.spec.stage,
            task: plan.spec.number,
            ...task,
            progress: progressText(task.progress),
          })),
          models: Object.fromEntries(models),
          quarantined,
        },
        lines: [
          `${definition.plan.pipeline}, plan ${definition.plan.digest.slice(0, 16)}`,
          ...table(states),
          ...[...models].flatMap(([model, versions]) => modelLines(model, versions)),
          ...quarantineLines(quarantined),
          waitLine(states),
        ],
      }
    },
  )
}

function table(tasks: readonly TaskState[]): string[] {
  const rows = [
    ['task', 'done up to', 'commits', 'state', 'rows'],
    ...tasks.map((task) => [
      name(task),
      progressText(task.progress),
      countText(task.commits),
      bytesText(task.stateBytes),
      countText(task.counts.events ?? task.counts.rows ?? task.counts.predictions ?? 0),
    ]),
  ]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column > 1 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ')}`,
  )
}

/** The version that runs now, then a line for each other one that labels have judged. */
function modelLines(model: string, versions: readonly VersionMetrics[]): string[] {
  const figure = (value: number | undefined): string => value?.toFixed(4) ?? '-'
  return versions.map(({ version, all }, i) => {
    const title = `${i === 0 ? `model ${model},` : '  before:'} version ${version.slice(0, 16)}`
    return all.count === 0
      ? `${title}, has no labels yet`
      : `${title}: log loss ${figure(all.logLoss)}, always saying the base rate ${figure(all.baseRateLogLoss)}, AUC ${figure(all.auc)}, over ${countText(all.count)} labels`
  })
}

function waitLine(tasks: readonly TaskState[]): string {
  const slowest = tasks.reduce((least, task) => (task.progress < least.progress ? task : least))
  if (slowest.progress === Infinity) return 'every input has ended and everything is done'
  if (tasks.every(({ progress }) => progress === slowest.progress)) return 'all are equally far'
  return `the others wait for ${name(slowest)}`
}

function name({ plan }: TaskState): string {
  return `${plan.spec.stage}/${plan.spec.number}`
}

function progressText(progress: number): string {
  return progress === Infinity
    ? 'the end'
    : progress === -Infinity
      ? 'nothing yet'
      : new Date(progress).toISOString()
}
