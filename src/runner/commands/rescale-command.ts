// `millrace rescale FILE STAGE --partitions N`: gives a stage another number of tasks. Each key's state moves to the task that has the
// key then; nothing is read again. Killed anywhere, it leaves the log as it was or as it will be, and run again it ends what it began.
import { setTimeout as sleep } from 'node:timers/promises'
import { DefinitionError, StateError } from '../../base/errors.ts'
import type { Answer, RescaleCommand } from '../../contracts/commands.ts'
import { rescaledTo, scaleOf, tasksOfStage, type Scale } from '../../engine/scale.ts'
import type { TaskPlan } from '../../engine/task-plan.ts'
import { readGroup } from '../../log/open-membership.ts'
import { openLog } from '../../log/open-log.ts'
import type { Plan } from '../../pipeline/plan.ts'
import {
  becomeCurrent,
  lastLayout,
  settleChange,
  shapeOfDefinition,
} from '../changes/become-current.ts'
import { lastRun, type LayoutEvent } from '../control.ts'
import { loadDefinition, type Definition } from '../load-definition.ts'
import { ensure } from '../prepare-run.ts'
import { sized } from '../sized.ts'
import type { Log } from '../../contracts/log.ts'

/** A little more than a session. */
const PATIENCE_MS = 12_000
const AGAIN_MS = 500

export async function rescale({
  file,
  log: url,
  stage,
  partitions,
}: RescaleCommand): Promise<Answer> {
  const definition = await loadDefinition(file)
  const { plan } = definition
  checkStage(plan, stage)
  const { log, owned } = await openLog(url, { mustExist: true })
  try {
    if (!owned) {
      throw new DefinitionError(
        `a stage is rescaled while its pipeline stands still; found that another process has the log open; stop the run, then run this again`,
        { code: 'ML_USAGE' },
      )
    }
    await checkNobody(url, plan)
    const was = await layoutOf(log, definition, file)
    const scale = scaleOf(was.shape)
    // One that was interrupted comes first.
    await settled(log, definition, scale)
    const before = tasksOfStage(scale, stage)
    if (before !== partitions)
      await become(log, definition, {
        was,
        scale: rescaledTo(scale, plan, { stage, tasks: partitions }),
      })
    return answer(plan, { stage, before, after: partitions })
  } finally {
    await log.close()
  }
}

async function become(
  log: Log,
  definition: Definition,
  { was, scale }: { was: LayoutEvent; scale: Scale },
): Promise<void> {
  const layout = await sized(log, definition, scale)
  const { sources, tasks } = layout
  checkDirect(was, tasks)
  for (const spec of layout.topics) await ensure(log, spec, true)
  const is = shapeOfDefinition({ definition, ...scale, sources, tasks })
  await becomeCurrent(log, { definition, is })
  await settled(log, definition, scale)
}

/** On Kafka whoever runs a pipeline is a member of its group; one that was killed is out of it after a while. */
async function checkNobody(url: string, { pipeline }: Plan): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const members = (await readGroup(url, pipeline))?.members ?? []
    if (members.length === 0) return
    if (performance.now() > until) {
      throw new DefinitionError(
        `a stage is rescaled while its pipeline stands still; found that ${members.map(({ name }) => name).join(', ')} runs it; stop it, then run this again`,
        { code: 'ML_USAGE' },
      )
    }
    await sleep(AGAIN_MS)
  }
}

/** A stage that reads its source itself has a task a partition, and nothing between the two that could lead keys elsewhere. */
function checkDirect({ shape }: LayoutEvent, tasks: readonly TaskPlan[]): void {
  const was = shape.streams.find(({ direct }) => direct !== undefined)?.direct
  const is = tasks.find(({ kind }) => kind === 'direct')?.spec.stage
  if (was === is) return
  throw new DefinitionError(
    `a stage that reads its source itself has as many tasks as the topic has partitions (partitionedBy: 'key'); found that ${was ?? is} ${was === undefined ? 'would begin' : 'would cease'} to; leave partitionedBy out of the definition and run it, then rescale the stage`,
    { code: 'ML_USAGE' },
  )
}

async function settled(log: Log, definition: Definition, scale: Scale): Promise<void> {
  const { tasks } = await sized(log, definition, scale)
  const change = (await lastLayout(log, definition.plan.pipeline))?.change ?? undefined
  await settleChange(log, { definition, tasks, scale, change })
}

function checkStage({ pipeline, stages }: Plan, stage: string): void {
  if (stages.some(({ name }) => name === stage)) return
  const names = stages.map(({ name }) => name).join(', ')
  throw new DefinitionError(
    stage.startsWith('join.')
      ? `a stage of '${pipeline}' must be named: ${names}; found ${stage}, which joins labels: it keeps the number of tasks of the first run`
      : `a stage of '${pipeline}' must be named: ${names}; found '${stage}'`,
    { code: 'ML_USAGE' },
  )
}

/** The layout, of a pipeline that was run last with this definition. */
async function layoutOf(log: Log, { plan }: Definition, file: string): Promise<LayoutEvent> {
  const { pipeline, digest } = plan
  const was = await lastLayout(log, pipeline)
  const run = await lastRun(log, pipeline)
  if (was === undefined || run === undefined) {
    throw new DefinitionError(
      `a pipeline must have run to be rescaled; found no run of '${pipeline}' on this log; its first run says how many tasks its stages have: millrace run ${file} --partitions N`,
      { code: 'ML_USAGE' },
    )
  }
  if (run.plan === digest) return was
  throw new StateError(
    'ML_STATE',
    `a pipeline must be rescaled with the definition it ran with last; found another in ${file}; run it first, or give the file as it was`,
    { details: { pipeline } },
  )
}

function answer(
  plan: Plan,
  { stage, before, after }: { stage: string; before: number; after: number },
): Answer {
  const last = plan.stages[plan.stages.length - 1]
  const topics = [
    ...(last.name === stage ? last.emits.map(({ topic }) => topic) : []),
    ...(last.name === stage ? last.whens.flatMap((each) => each.topics) : []),
    ...plan.stages.flatMap(({ name, everies }) =>
      name === stage ? everies.map(({ topic }) => topic) : [],
    ),
  ]
  const lines =
    before === after
      ? [`stage ${stage} has ${after} tasks`]
      : [
          `stage ${stage} has ${after} tasks now, and had ${before}: its keys have moved, nothing is read again`,
          ...(topics.length === 0
            ? []
            : [
                `from here on keys lie in other partitions of ${[...new Set(topics)].join(', ')}: order is kept per key from here on, not across`,
              ]),
          'start the run again: it goes on where it was',
        ]
  return {
    ok: true,
    data: { pipeline: plan.pipeline, stage, before, after, topics: [...new Set(topics)] },
    lines,
  }
}
