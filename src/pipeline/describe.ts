// A plan as data a person can read: what `millrace plan` prints, and gives with --json. Pure: what is not in the plan
// (schemas compiled, models loaded, topics sized) is handed in by the runner.
import type { RuntimeSpec } from '../contracts/runtime.ts'
import type { TopicSpec } from '../contracts/log.ts'
import type { KeySelector } from '../contracts/selector.ts'
import type { EventSchema } from '../schema/event-schema.ts'
import type {
  DerivedPlan,
  DerivedStep,
  FeaturePlan,
  LearningPlan,
  ModelPlan,
  Plan,
  SetUse,
  StagePlan,
  StreamPlan,
  KafkaPlace,
} from './plan.ts'
import type {
  Carries,
  DerivedDescription,
  LearningDescription,
  ModelDescription,
  PeriodDescription,
  PlanDescription,
  SetDescription,
  StageDescription,
  StreamDescription,
  WaitingSize,
} from './plan-description.ts'
import { directSource } from './direct-source.ts'
import { featureText, pathOr, shortened } from './feature-text.ts'
import { kafkaPlaceText } from './kafka.ts'
import { originsOf, streamNamed } from './plan-streams.ts'
import { stateSize, windowBytes } from './state-size.ts'

/** What the runner knows. */
export interface PlanFacts {
  /** Tasks a stage: one a partition. */
  readonly partitions: number
  /** Compiled schemas, by stream. */
  readonly schemas: ReadonlyMap<string, EventSchema>
  /** How each model runs, or why it does not, by model. */
  readonly paths: ReadonlyMap<string, string>
  /** Every topic of the pipeline, those between its tasks included. */
  readonly topics: readonly TopicSpec[]
  /** What rows bring into a stage, by stage. */
  readonly carries: ReadonlyMap<string, Carries>
  /** Events a second of a stream, where known: sizes what waits for labels. */
  readonly rates: ReadonlyMap<string, number>
}

/** With an id of sixteen bytes: a row of a run of the log, and its share of the run's index (bench/waiting.ts). */
const WAITING_SIZE: WaitingSize = { bytes: 40, memoryBytes: 3 }

export function describePlan(plan: Plan, facts: PlanFacts): PlanDescription {
  const last = plan.stages[plan.stages.length - 1]
  const direct = directSource(plan)
  const own = keyOf(streamNamed(plan, plan.from).key)
  const fileOf = (topic: string): string | undefined =>
    plan.fileSinks.find((each) => each.topic === topic)?.path
  const clusterOf = (topic: string): string | undefined =>
    placeText(plan.kafkaSinks.find((each) => each.topic === topic))
  return {
    pipeline: plan.pipeline,
    digest: plan.digest,
    streams: plan.streams.map((stream) => streamOf(plan, stream, facts.schemas.get(stream.name))),
    derived: plan.derived.map((stream) => derivedOf(plan, stream, facts.schemas.get(stream.name))),
    stages: plan.stages.map((stage, i) => ({
      ...stageOf(stage, facts),
      hop: i > 0 || direct === undefined,
    })),
    models: last.models.map((model) =>
      modelOf(model, { path: facts.paths.get(model.name), rate: facts.rates.get(plan.from) }),
    ),
    outputs: [
      ...last.emits.map(({ topic, key }) => ({
        topic,
        step: 'emit' as const,
        key: key === undefined ? own : keyOf(key),
        file: fileOf(topic),
        cluster: clusterOf(topic),
      })),
      ...last.whens.flatMap(({ topics }) =>
        topics.map((topic) => ({
          topic,
          step: 'when' as const,
          key: own,
          file: fileOf(topic),
          cluster: clusterOf(topic),
        })),
      ),
    ],
    periods: plan.stages.flatMap((stage) => periodsOf(plan, stage)),
    topics: facts.topics.map(({ name, partitions, retentionMs }) => {
      const internal = name.startsWith('_')
      const forReplay = internal && retentionMs === undefined
      return {
        name,
        partitions,
        internal,
        keptMs: forReplay ? plan.replayMs : retentionMs,
        forReplay,
      }
    }),
  }
}

function placeText(place: KafkaPlace | undefined): string | undefined {
  return place && kafkaPlaceText(place)
}

function streamOf(
  plan: Plan,
  stream: StreamPlan,
  schema: EventSchema | undefined,
): StreamDescription {
  return {
    name: stream.name,
    roles: rolesOf(plan, stream),
    topic: stream.topic,
    files: plan.fileSources.find((each) => each.stream === stream.name)?.paths ?? [],
    cluster: placeText(plan.kafkaSources.find((each) => each.stream === stream.name)),
    partitionedByKey: stream.partitionedByKey,
    key: keyOf(stream.key),
    time: pathOr(stream.time.path, stream.time.text),
    latenessMs: stream.latenessMs,
    redact: stream.redact ?? [],
    late: stream.late ?? `${stream.name}.late`,
    aheadMs: stream.aheadMs,
    idleMs: stream.idleMs,
    decoded: schema?.mode ?? 'unknown',
    reason: schema?.reason,
    fields: schema?.report ?? [],
  }
}

function rolesOf(
  { from }: Plan,
  { name, sets, labels }: StreamPlan | DerivedPlan,
): StreamDescription['roles'] {
  return [
    ...(name === from ? (['predicted'] as const) : []),
    ...(sets.length > 0 ? (['looked up'] as const) : []),
    ...(labels.length > 0 ? (['labels'] as const) : []),
  ]
}

function derivedOf(
  plan: Plan,
  stream: DerivedPlan,
  schema: EventSchema | undefined,
): DerivedDescription {
  const { name, of, step, key } = stream
  const maps = step.kind === 'map'
  return {
    name,
    roles: rolesOf(plan, stream),
    of,
    step: stepText(step),
    topics: originsOf(plan, name).map(({ topic }) => topic),
    key: keyOf(key),
    decoded: maps ? (schema?.mode ?? 'unknown') : undefined,
    reason: maps ? schema?.reason : undefined,
  }
}

function stepText(step: DerivedStep): string {
  if (step.kind === 'union') return 'union'
  const { path, text } = step.kind === 'filter' ? step.test : step.to
  return `${step.kind} ${pathOr(path, text)}`
}

function stageOf(stage: StagePlan, facts: PlanFacts): Omit<StageDescription, 'hop'> {
  return {
    name: stage.name,
    key: keyOf(stage.key),
    tasks: facts.partitions,
    carries: facts.carries.get(stage.name),
    sets: [
      ...stage.own.map((use) => setOf(use, undefined)),
      ...stage.lookups.map((use) => setOf(use, use.waitMs === Infinity ? 'forever' : use.waitMs)),
    ],
  }
}

/** A function that gives one text or number, whatever it is given. */
const CONSTANT = /=>\s*(?:'[^']*'|"[^"]*"|\d+)$/

function periodsOf(plan: Plan, { name, everies, own, lookups }: StagePlan): PeriodDescription[] {
  return [...own, ...lookups].flatMap(({ as, set }) =>
    everies
      .filter((every) => every.set === as)
      .map(({ topic, periodMs }) => ({
        topic,
        everyMs: periodMs,
        set: as,
        key: keyOf(set.key),
        overAll: CONSTANT.test(set.key.text),
        stage: name,
        latenessMs: streamNamed(plan, set.stream).latenessMs,
      })),
  )
}

function setOf({ set, as, names }: SetUse, waitMs: SetDescription['waitMs']): SetDescription {
  const features = set.features.map((feature, i) => ({
    name: names[i],
    what: featureText(feature),
    bytesPerKey: feature.kind === 'window' ? windowBytes(feature) : undefined,
    bound: boundOf(feature),
  }))
  return {
    as,
    set: set.name,
    stream: set.stream,
    features,
    waitMs,
    state: stateSize(set),
    budget: set.budget,
  }
}

function modelOf(
  model: ModelPlan,
  { path, rate }: { path: string | undefined; rate: number | undefined },
): ModelDescription {
  const { name, as, runtime, features, labels, learning, drift = [], windowDrift = [] } = model
  return {
    name,
    prediction: as === undefined ? 'prediction' : `predictions.${as}`,
    kind: runtime.kind,
    file: runtime.path,
    path: path ?? 'not loaded',
    features,
    labels:
      labels === undefined
        ? undefined
        : {
            stream: labels.stream,
            withinMs: labels.withinMs,
            earlyMs: labels.earlyMs,
            otherwise: labels.otherwise,
            judges: labels.judges,
            waiting: rate === undefined ? undefined : waitingOf(rate, labels.withinMs),
            waitingEach: WAITING_SIZE,
          },
    learning: learning && learningOf(name, runtime.learner, learning),
    drift: drift.map(({ of, feature, detector, cooldown, direction, rowsBetweenFalseAlarms }) => ({
      of: feature ?? of,
      detector,
      cooldown,
      direction,
      rowsBetweenFalseAlarms,
    })),
    windowDrift: windowDrift.map(({ numbers, test, windowMs, reference, rows }) => ({
      of: numbers.map(({ of, feature }) => feature ?? of),
      test: test.kind,
      windowMs,
      reference: typeof reference === 'object' ? 'given' : reference,
      rows,
    })),
  }
}

function learningOf(
  model: string,
  factory: RuntimeSpec['learner'],
  { from, features, classes, actions, periodMs, waitMs }: LearningPlan,
): LearningDescription {
  return {
    learner: factory?.kind ?? '',
    stage: `learning.${model}`,
    from,
    features,
    actions,
    periodMs,
    waitMs: waitMs === Infinity ? 'forever' : waitMs,
    memoryBytes: factory?.make({ features: features.length, classes }).memoryBytes ?? 0,
  }
}

function waitingOf(rate: number, withinMs: number): { rows: number } & WaitingSize {
  const rows = Math.ceil((rate * withinMs) / 1_000)
  const { bytes, memoryBytes } = WAITING_SIZE
  return { rows, bytes: rows * bytes, memoryBytes: rows * memoryBytes }
}

/** A key as it is written: `origin`, `[origin, destination]`, or the function. */
function keyOf({ parts, tuple, text }: KeySelector): string {
  if (parts === undefined) return shortened(text)
  const paths = parts.map((path) => path.join('.'))
  return tuple ? `[${paths.join(', ')}]` : paths[0]
}

/** Windows whose events are kept are exact, but for what a user's own aggregate says of itself. */
function boundOf(feature: FeaturePlan): string | undefined {
  if (feature.kind !== 'window') return undefined
  const isSketch = feature.window.hopMs !== undefined || feature.userMade === true
  return isSketch ? feature.aggregate.bound : undefined
}
