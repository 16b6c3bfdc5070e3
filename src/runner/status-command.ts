// `millrace status`: how far every task has committed, and which one the others wait for.
import type { Answer } from '../contracts/commands.ts'
import { fileOf } from './control.ts'
import { withPipeline } from './open-pipeline.ts'
import { readState, type TaskState } from './read-state.ts'

export async function status(place: {
  readonly file: string | undefined
  readonly log: string
}): Promise<Answer> {
  return withPipeline(
    { file: await fileOf(place), log: place.log },
    async ({ log, tasks, definition }) => {
      const state = await readState(log, tasks.tasks)
      const slowest = state.tasks.reduce((least, task) =>
        task.progress < least.progress ? task : least,
      )
      return {
        ok: true,
        data: {
          pipeline: definition.plan.pipeline,
          plan: definition.plan.digest,
          tasks: state.tasks.map(({ plan, ...task }) => ({
            stage: plan.spec.stage,
            task: plan.spec.number,
            ...task,
            progress: progressText(task.progress),
          })),
          models: Object.fromEntries(state.models),
        },
        lines: [
          `${definition.plan.pipeline}, plan ${definition.plan.digest.slice(0, 12)}`,
          ...table(state.tasks),
          slowest.progress === Infinity
            ? 'every input has ended and everything is done'
            : `the others wait for ${name(slowest)}`,
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
      String(task.commits),
      `${(task.stateBytes / 1e6).toFixed(1)} MB`,
      (task.counts.events ?? task.counts.rows ?? task.counts.predictions ?? 0).toLocaleString('en'),
    ]),
  ]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column > 1 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ')}`,
  )
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
