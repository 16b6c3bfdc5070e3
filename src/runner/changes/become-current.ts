// A definition becomes the current one of its pipeline on a log. One event in the control topic is the change: before it all is as
// it was, after it every task begins as that event says, whoever dies in between.
import { basename } from 'node:path'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DefinitionError, FencedError, StateError } from '../../base/errors.ts'
import { oneRecord } from '../../base/records.ts'
import type { Log, Writer } from '../../contracts/log.ts'
import { carriedSets } from '../../engine/change/carried.ts'
import { changeOf, rebuiltStreams } from '../../engine/change/change-of.ts'
import { fenceTasks } from '../../engine/change/fence.ts'
import type { PlanChange } from '../../engine/change/plan-change.ts'
import { settle } from '../../engine/change/settle.ts'
import { shapeOf, type Shape } from '../../engine/change/shape.ts'
import type { PipelineTasks } from '../../engine/pipeline-tasks.ts'
import type { Scale } from '../../engine/scale.ts'
import { controlTopic } from '../../engine/task-names.ts'
import { TUNING, type TaskContext } from '../../engine/task-context.ts'
import { machineClock } from '../../log/embedded/machine-clock.ts'
import { OPEN } from '../../schema/guard.ts'
import { lastRun, layoutsOf, type LayoutEvent } from '../control.ts'
import type { Definition } from '../load-definition.ts'
import { changeReport, type ChangeReport, type StreamReach } from './change-report.ts'
import { reachOf } from './reach.ts'

const ATTEMPTS = 20
const APART_MS = 100

/** A definition as it would run on a log. */
export interface SizedDefinition extends Scale {
  readonly definition: Definition
  readonly tasks: PipelineTasks['tasks']
  readonly sources: ReadonlyMap<string, number>
}

export function shapeOfDefinition({ definition, ...sized }: SizedDefinition): Shape {
  const { plan, schemas } = definition
  return shapeOf({ plan, schemas, helpers: helpersOf(definition), ...sized })
}

/** The last layout of a pipeline on this log; undefined where it never ran. */
export async function lastLayout(log: Log, pipeline: string): Promise<LayoutEvent | undefined> {
  return (await layoutsOf(log, pipeline)).at(-1)
}

/** What a definition means for what a log holds of its pipeline. */
export async function reportOf(
  log: Log,
  was: Shape,
  sized: SizedDefinition,
): Promise<{ readonly is: Shape; readonly report: ChangeReport }> {
  const is = shapeOfDefinition(sized)
  const { plan, schemas } = sized.definition
  const again = rebuiltStreams(is, carriedSets(was, is))
  const reaches = new Map<string, StreamReach>()
  for (const stream of plan.streams) {
    const schema = schemas.get(stream.name)
    if (schema !== undefined && again.has(stream.name))
      reaches.set(stream.name, await reachOf(log, stream, { schema, guard: OPEN }))
  }
  return { is, report: changeReport(was, is, reaches) }
}

/** @throws DefinitionError when features would count less than they say, and that was not accepted. */
export function checkConsent({ partial }: ChangeReport, accepted: boolean, file: string): void {
  if (partial.length === 0 || accepted) return
  throw new DefinitionError(
    `features that are rebuilt need input as far back as they count; found that it no longer reaches back for ${partial.join(', ')}; see how far with millrace plan ${file}, and run with --accept-partial to let them count what is kept`,
    { code: 'ML_USAGE' },
  )
}

/**
 * The change, once the plan is the one that was run last: from here on nothing of the plan before is written. Several supervisors may
 * begin at once; the change is one of them's: whoever comes to it later finds it made, and whoever is overtaken looks again.
 */
export async function becomeCurrent(
  log: Log,
  of: { readonly definition: Definition; readonly is: Shape },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const writer = await log.openWriter(`layout/${of.definition.plan.pipeline}`, {
      fromReserve: true,
    })
    try {
      await makeCurrent(log, writer, of)
      await writer.close()
      return
    } catch (error) {
      if (!(error instanceof FencedError) || attempt === ATTEMPTS) throw error
      // Not in step with the others, or they would overtake each other again.
      await sleep(Math.random() * attempt * APART_MS)
    }
  }
}

/** @param writer opened before anything is read: a layout of another is then read, or made by a writer that fences this one. */
async function makeCurrent(
  log: Log,
  writer: Writer,
  { definition, is }: { readonly definition: Definition; readonly is: Shape },
): Promise<void> {
  const { pipeline, digest } = definition.plan
  const was = await lastLayout(log, pipeline)
  if (was !== undefined && JSON.stringify(was.shape) === JSON.stringify(is)) return
  const change = was === undefined ? null : await changed(log, pipeline, { was, is })
  const run = await lastRun(log, pipeline)
  if (run?.plan !== digest) {
    throw new StateError(
      'ML_STATE',
      `'${pipeline}' must be started by one run at a time; found that another began with plan ${run?.plan.slice(0, 16)}; let that one run, or start this one again`,
    )
  }
  const layout: LayoutEvent = {
    kind: 'layout',
    pipeline,
    plan: digest,
    shape: is,
    change,
    at: Date.now(),
  }
  await writer.append([
    {
      topic: controlTopic(),
      partition: 0,
      records: oneRecord(layout.at, pipeline, JSON.stringify(layout)),
    },
  ])
}

async function changed(
  log: Log,
  pipeline: string,
  { was, is }: { was: LayoutEvent; is: Shape },
): Promise<PlanChange | null> {
  if (was.shape.flow === is.flow) return was.change
  const before = was.change ?? undefined
  await fenceTasks(contextOf(log), pipeline, { shape: was.shape, plan: was.plan, change: before })
  return changeOf(log, { pipeline, was: was.shape, is, before })
}

/** Ends what a change of the number of tasks left to do: nothing, where that is done. */
export async function settleChange(
  log: Log,
  of: {
    readonly definition: Definition
    readonly tasks: PipelineTasks['tasks']
    readonly scale: Scale
    readonly change: PlanChange | undefined
  },
): Promise<void> {
  const { definition, tasks, scale, change } = of
  const { plan, schemas } = definition
  if (change !== undefined) await settle(contextOf(log), { plan, schemas, tasks, scale, change })
}

function contextOf(log: Log): TaskContext {
  return {
    log,
    clock: machineClock,
    steps: { reach: () => {} },
    tuning: TUNING,
    signal: new AbortController().signal,
  }
}

/** Digest of the files a definition imports: what its functions call may lie in them. */
function helpersOf({ file, origin }: Definition): string {
  const others = Object.entries(origin.files).filter(([name]) => name !== basename(file))
  return createHash('sha256').update(JSON.stringify(others)).digest('hex').slice(0, 16)
}
