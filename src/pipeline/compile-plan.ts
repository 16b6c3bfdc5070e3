// Turns a finished chain into a Plan: frozen data that the engine runs without knowing the definition language.
import { NO_ORIGIN, type Origin } from '../contracts/origin.ts'
import { frozen, refuse } from './check.ts'
import { checkRedact } from './check-redact.ts'
import { cutStages, type Cut } from './cut-stages.ts'
import type { FlowDefinition, PredictStep, StreamDefinition } from './definitions.ts'
import type { Pipeline } from './flow.ts'
import { planDigest } from './plan-digest.ts'
import type {
  FileSourcePlan,
  KafkaSourcePlan,
  ModelPlan,
  Plan,
  StagePlan,
  StreamPlan,
  StreamUses,
} from './plan.ts'

/**
 * What a pipeline means. Pure: the same definition gives an equal plan.
 * @param origin what it was made from: part of the digest.
 * @throws DefinitionError when the chain does nothing, two streams share a name, or an output is also read.
 */
export function planOf(pipeline: Pipeline, origin: Origin = NO_ORIGIN): Plan {
  const flow = pipeline['~flow']
  const { name, from, predicts, emits, whens, everies } = flow
  if (predicts.length + emits.length + whens.length + everies.length === 0) {
    refuse(
      flow.part,
      'a pipeline must do something; found features at most; add .predict, .emit, .when or .every',
    )
  }
  const definitions = streamsOf(flow)
  const all = definitions.map(({ plan }) => ({ ...plan, ...usesOf(flow, plan.name) }))
  const streams = all.filter((each) => 'topic' in each)
  const derived = all.filter((each) => 'step' in each)
  checkTopics(flow, streams)
  const plan = { pipeline: name, from: from.plan.name, streams, derived, stages: stagePlans(flow) }
  checkRedact(flow, plan)
  const read = [...definitions, ...predicts.map(({ model }) => model.runtime)]
  const digest = planDigest(
    plan,
    read.map(({ columns }) => columns),
    origin,
  )
  const { replayMs, receiptsMs, sinks } = flow
  return frozen({
    ...plan,
    replayMs,
    receiptsMs,
    fileSources: definitions.flatMap(fileSource),
    fileSinks: sinks.filter((each) => each.kind === 'file'),
    kafkaSources: definitions.flatMap(kafkaSource),
    kafkaSinks: sinks.filter((each) => each.kind === 'kafka'),
    digest,
  })
}

function fileSource({ plan, edge }: StreamDefinition): FileSourcePlan[] {
  if (edge?.kind !== 'file' || !('topic' in plan)) return []
  const { paths, options } = edge
  return [{ stream: plan.name, topic: plan.topic, paths, options }]
}

function kafkaSource({ plan, edge }: StreamDefinition): KafkaSourcePlan[] {
  if (edge?.kind !== 'kafka' || !('topic' in plan)) return []
  const { brokers, topic, options } = edge
  const { config, end = false } = options
  return [{ stream: plan.name, topic: plan.topic, brokers, name: topic, config, end }]
}

function stagePlans(flow: FlowDefinition): readonly StagePlan[] {
  const cuts: readonly Cut[] = cutStages(flow)
  return cuts.map((cut, i): StagePlan => {
    if (i < cuts.length - 1) return { ...cut, models: [], emits: [], whens: [] }
    return { ...cut, models: flow.predicts.map(modelPlan), emits: flow.emits, whens: flow.whens }
  })
}

function modelPlan({ model, as }: PredictStep): ModelPlan {
  const { name, input, runtime, labels, drift, windowDrift } = model
  const features = input.flatMap(({ names }) => names)
  const { learning } = runtime
  return {
    name,
    as,
    features,
    runtime: runtime.spec,
    deadlineMs: runtime.deadlineMs,
    output: runtime.output,
    labels: labels?.plan,
    ...(learning === undefined
      ? {}
      : { learning: { ...learning, features: learning.features ?? features } }),
    ...(drift.length + windowDrift.length === 0 ? {} : { drift, windowDrift }),
  }
}

/** The pipeline's own stream, then those that are looked up, then those only labels come from; each after what it is made of. */
function streamsOf({
  part: own,
  from,
  features,
  predicts,
}: FlowDefinition): readonly StreamDefinition[] {
  const lookedUp = features.map(({ use }) => use.stream)
  const labelling = predicts.flatMap(({ model }) => model.labels?.from ?? [])
  const streams = new Map<string, StreamDefinition>()
  const withSources = (stream: StreamDefinition): readonly StreamDefinition[] => [
    ...stream.of.flatMap(withSources),
    stream,
  ]
  for (const each of [from, ...lookedUp, ...labelling].flatMap(withSources)) {
    const known = streams.get(each.plan.name)
    if (known !== undefined && known !== each) {
      refuse(
        own,
        `two streams must not have one name; found '${each.plan.name}' twice; rename one, or use the same one`,
      )
    }
    streams.set(each.plan.name, each)
  }
  return [...streams.values()]
}

function usesOf({ features, predicts }: FlowDefinition, stream: string): StreamUses {
  const sets = features
    .filter(({ use, lookup }) => lookup !== undefined && use.set.stream === stream)
    .map(({ use }) => use.set)
  const labels = predicts.flatMap(({ model: { name, labels: own } }) =>
    own === undefined || own.plan.stream !== stream
      ? []
      : [{ model: name, by: own.plan.by, label: own.plan.label }],
  )
  return { sets: [...new Set(sets)], labels }
}

/** What a pipeline writes must not be what it reads, or it would feed itself; and two streams do not share a topic. */
function checkTopics(
  { part: own, emits, whens, everies }: FlowDefinition,
  streams: readonly StreamPlan[],
): void {
  const owners = new Map<string, string>()
  const claim = (topic: string, owner: string): void => {
    const other = owners.get(topic)
    if (other !== undefined) {
      refuse(
        own,
        `a topic must have one use; found '${topic}' as ${other} and as ${owner}; name another topic for one of them`,
      )
    }
    owners.set(topic, owner)
  }
  for (const { name, topic } of streams) claim(topic, `the source of '${name}'`)
  for (const { name, late } of streams)
    claim(late ?? `${name}.late`, `the late events of '${name}'`)
  for (const { topic } of emits) claim(topic, 'an output of .emit')
  for (const { topic } of everies) claim(topic, 'an output of .every')
  for (const { topics } of whens) for (const topic of topics) claim(topic, 'an output of .when')
}
