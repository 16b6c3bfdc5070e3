// Makes a log ready for a run: topics, models, the layout of its tasks, and what it must know before anything is done.
import { StateError } from '../base/errors.ts'
import type { Log, TopicSpec } from '../contracts/log.ts'
import { tasksOf } from '../engine/pipeline-tasks.ts'
import { scaleOf, type Scale } from '../engine/scale.ts'
import { acceptGaps } from './changes/accept-gaps.ts'
import {
  becomeCurrent,
  checkConsent,
  lastLayout,
  reportOf,
  settleChange,
  shapeOfDefinition,
} from './changes/become-current.ts'
import { differencesTo, joinsOthers } from './changes/join-group.ts'
import { prepareKafkaPlaces } from './copying/kafka-places.ts'
import { record, type LayoutEvent } from './control.ts'
import type { Definition } from './load-definition.ts'
import { readTasks, type TaskState } from './read-state.ts'
import { ensureRedactKey } from './redact-key.ts'
import { sized, type RunLayout } from './sized.ts'
import { artefactPlaces, digestOf, keepArtefact, type ArtefactPlace } from './versions/artefacts.ts'
import type { ModelBytes } from './versions/load-models.ts'
import { checkKeyedSources } from './watch-sources.ts'

const PARTITIONS = 2

export interface PreparedRun extends RunLayout {
  /** Where the bytes of each model lie in the log, by model. */
  readonly models: ReadonlyMap<string, ArtefactPlace>
  /** What earlier runs had committed, task by task: told until the tasks themselves are heard. */
  readonly before: readonly TaskState[]
}

/**
 * Makes the log ready: every topic the plan needs, the bytes of its models, the event that makes its plan the current one, and how its
 * tasks begin where the plan before had another shape.
 * @throws StateError when the stages were laid out with other partitions, when others run another plan, or ML_GAP when records are missing that were not read;
 * DefinitionError when features would be partial.
 */
export async function prepareRun(
  log: Log,
  definition: Definition,
  of: {
    /** Where the log lives. */
    url: string
    partitions: number | undefined
    versions: ModelBytes
    acceptPartial?: boolean | undefined
    acceptGap?: boolean | undefined
    /** Loads the models, to see that they can be: not asked for where this log has run the same plan with the same models. */
    check?: () => Promise<void>
  },
): Promise<PreparedRun> {
  const { plan, file, origin } = definition
  const { pipeline } = plan
  const joining = { log, url: of.url, definition, versions: of.versions }
  const joins = await joinsOthers(joining)
  if (!joins && of.check !== undefined && (await differencesTo(joining)) !== undefined)
    await of.check()
  const was = await lastLayout(log, pipeline)
  if (joins && was !== undefined) return joined(log, definition, { was, ...of })
  await prepareKafkaPlaces(log, definition, { acceptGap: of.acceptGap === true })
  const scale = scaleFor(pipeline, was, of.partitions)
  const layout = await sized(log, definition, scale)
  const { partitions, sources, tasks } = layout
  const own = { definition, ...scale, sources, tasks }
  if (was !== undefined) {
    const { report } = await reportOf(log, was.shape, own)
    checkConsent(report, of.acceptPartial === true, file)
    checkKeyedSources(plan, { was: was.shape, sources })
  }
  for (const spec of layout.topics) await ensure(log, spec, was !== undefined)
  const at = Date.now()
  const models = new Map<string, ArtefactPlace>()
  for (const [name, bytes] of of.versions)
    models.set(name, await keepArtefact(log, bytes, { pipeline, at }))
  await record(log, {
    kind: 'run',
    pipeline,
    file,
    plan: plan.digest,
    origin,
    partitions,
    models: Object.fromEntries([...models].map(([name, { digest }]) => [name, digest])),
    at,
  })
  await ensureRedactKey(log, plan)
  await becomeCurrent(log, { definition, is: shapeOfDefinition(own) })
  const change = (await lastLayout(log, pipeline))?.change ?? undefined
  await settleChange(log, { definition, tasks, scale, change })
  await acceptGaps(log, { pipeline, tasks, change, accept: of.acceptGap === true })
  return { ...layout, models, before: await readTasks(log, tasks) }
}

/** As those have it that run the pipeline: all is there, and nothing is changed under them. */
async function joined(
  log: Log,
  definition: Definition,
  of: { was: LayoutEvent; partitions: number | undefined; versions: ModelBytes },
): Promise<PreparedRun> {
  const { plan, schemas } = definition
  const scale = scaleFor(plan.pipeline, of.was, of.partitions)
  const sources = new Map(
    of.was.shape.streams.map(({ name, partitions: each }) => [name, each] as const),
  )
  const layout = { ...tasksOf(plan, schemas, { ...scale, sources }), ...scale, sources }
  const places = await artefactPlaces(log)
  const models = new Map<string, ArtefactPlace>()
  for (const [name, bytes] of of.versions) {
    const place = places.get(digestOf(bytes))
    if (place !== undefined) models.set(name, place)
  }
  return { ...layout, models, before: await readTasks(log, layout.tasks) }
}

/** @param ran whether the pipeline wrote to its topics before: they then grow with it. */
export async function ensure(log: Log, spec: TopicSpec, ran: boolean): Promise<void> {
  const found = await log.topic(spec.name)
  const own = spec.name.startsWith('_')
  if (found === undefined) await log.ensureTopic(spec)
  else if (found.partitions < spec.partitions) {
    if (!own && !ran) {
      throw new StateError(
        'ML_STATE',
        `topic '${spec.name}' must have ${spec.partitions} partitions; found ${found.partitions}; give it that many, name another topic, or run with --partitions ${found.partitions}`,
      )
    }
    const { retentionMs, retentionBytes } = own ? spec : found
    const kept = {
      ...(retentionMs === undefined ? {} : { retentionMs }),
      ...(retentionBytes === undefined ? {} : { retentionBytes }),
    }
    await log.ensureTopic({ name: spec.name, partitions: spec.partitions, ...kept }, { grow: true })
  } else if (own) {
    // How long a topic of its own is kept follows the definition, and its settings are checked; what users see is theirs to set.
    await log.ensureTopic({ ...spec, partitions: found.partitions })
  }
}

/** @throws StateError when other partitions are wanted than there are. */
export function scaleFor(
  pipeline: string,
  was: LayoutEvent | undefined,
  wanted: number | undefined,
): Scale {
  if (was === undefined) return { partitions: wanted ?? PARTITIONS }
  const { partitions } = was.shape
  if (wanted === undefined || wanted === partitions) return scaleOf(was.shape)
  throw new StateError(
    'ML_STATE',
    `the stages of '${pipeline}' have ${partitions} partitions in this log; found --partitions ${wanted}; leave it out, or give a stage another number first: millrace rescale FILE STAGE --partitions ${wanted}`,
  )
}
