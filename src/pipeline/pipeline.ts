// The chain that wires a pipeline. It checks each step and keeps it; what the steps mean together is `planOf`'s.
import type { Duration } from '../base/duration.ts'
import { selectorOf } from './selectors.ts'
import {
  checkDuration,
  checkFunction,
  checkName,
  checkOptions,
  found,
  frozen,
  part,
  refuse,
} from './check.ts'
import {
  type FeaturesStep,
  type FlowDefinition,
  type ModelDefinition,
  type SetDefinition,
} from './definitions.ts'
import { checkedKey, type FeatureSet } from './feature-set.ts'
import type { FileEdge } from './file.ts'
import type { KafkaEdge } from './kafka.ts'
import type {
  FeatureFlow,
  Flow,
  LookupOptions,
  PeriodRow,
  Pipeline,
  RowShape,
  WithFeatures,
  WithPrediction,
} from './flow.ts'
import type { Json, Key } from './key.ts'
import { checkedOutput } from './output.ts'
import { isModel, type Model } from './model.ts'
import { everyPlan } from './every.ts'
import { sameKey } from './same-key.ts'
import { isStream, type Stream } from './stream.ts'
import type { Topic } from './topic.ts'

/** What `pipeline(name, options)` takes. */
export interface PipelineOptions {
  /**
   * How far back `millrace replay` reaches. What it needs (blocks between stages, commits, and one snapshot before them) is kept
   * as long, and let go of then. Default `'7d'`.
   */
  replay?: Duration
  /**
   * How long receipts are kept, and the examples labels made of them: what `millrace explain` and `millrace dataset` read. They are
   * kept at least as long as predictions wait for their label, and as `replay`. Default `'7d'`.
   */
  receipts?: Duration
}

/** What `pipeline` gives: it needs its stream. */
export interface PipelineStart {
  /** The stream whose events become rows: one event, one row. */
  from<Of extends string, Event>(
    stream: Stream<Of, Event>,
  ): FeatureFlow<Of, never, { readonly event: Event; readonly features: object }>
}

/**
 * A pipeline by its name. The file's default export is the finished chain.
 * @example
 * export default pipeline('fraud-scoring', { replay: '14d' })
 *   .from(payments)
 *   .features(card)
 *   .predict(fraud)
 *   .emit(topic('scores'), ({ event, prediction }) => ({ id: event.id, score: prediction.score }))
 * @throws DefinitionError when the name is none, or `replay` or `receipts` is no duration.
 */
export function pipeline(name: string, options: PipelineOptions = {}): PipelineStart {
  checkName('pipeline', name)
  const own = part('pipeline', name)
  checkOptions(own, options, ['replay', 'receipts'])
  const replayMs = checkDuration(own, 'replay', options.replay ?? '7d')
  const receiptsMs = checkDuration(own, 'receipts', options.receipts ?? '7d')
  return Object.freeze({
    from: <Of extends string, Event>(
      stream: Stream<Of, Event>,
    ): FeatureFlow<Of, never, { readonly event: Event; readonly features: object }> => {
      if (!isStream(stream))
        refuse(own, `.from must be given a stream; found ${found(stream)}; write .from(payments)`)
      const from = stream['~stream']
      return new Chain({
        part: own,
        name,
        replayMs,
        receiptsMs,
        from,
        features: [],
        predicts: [],
        everies: [],
        emits: [],
        whens: [],
        sinks: [],
      })
    },
  })
}

/** Checks that it is a pipeline, for who imports a definition's file. A pipeline without `.from` is none yet. */
export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && '~flow' in value
}

class Chain<Of extends string, Sets extends string, Row extends RowShape> implements FeatureFlow<
  Of,
  Sets,
  Row
> {
  readonly '~flow': FlowDefinition

  constructor(flow: FlowDefinition) {
    this['~flow'] = frozen(flow)
    Object.freeze(this)
  }

  features<Name extends string, Values>(
    set: FeatureSet<string, Name, Values>,
    lookup?: LookupOptions<Row['event']>,
  ): FeatureFlow<Of, Sets | Name, WithFeatures<Row, Values>> {
    const flow = this['~flow']
    const { part: own } = flow
    if (typeof set !== 'object' || set === null || !('~set' in set)) {
      refuse(
        own,
        `.features must be given a feature set; found ${found(set)}; make one with stream.features(...)`,
      )
    }
    const { predicts, emits, whens, everies } = flow
    if (predicts.length + emits.length + whens.length + everies.length > 0) {
      refuse(
        own,
        `features must come before .predict, .emit, .when and .every, which see all of them; found '${set.name}' after; move it up`,
      )
    }
    const step = featuresStep(flow, set['~set'], lookup)
    checkFeatureNames(flow, step)
    return new Chain<Of, Sets | Name, WithFeatures<Row, Values>>({
      ...flow,
      features: [...flow.features, step],
    })
  }

  predict<Output, const As extends string | undefined = undefined>(
    model: Model<string, string, string, Output>,
    options?: { as: As },
  ): Flow<Of, Sets, WithPrediction<Row, Output, As>> {
    const flow = this['~flow']
    const { part: own } = flow
    if (!isModel(model))
      refuse(own, `.predict must be given a model; found ${found(model)}; make one with model(...)`)
    if (options !== undefined) checkOptions(own, options, ['as'])
    const as: string | undefined = options?.as
    if (as !== undefined) checkName('model', as, own)
    checkModel(flow, model['~model'], as)
    return new Chain<Of, Sets, WithPrediction<Row, Output, As>>({
      ...flow,
      predicts: [...flow.predicts, { model: model['~model'], as }],
    })
  }

  emit(
    to: Topic | FileEdge | KafkaEdge,
    body: (row: Row) => Json,
    options: { key?: (row: Row) => Key } = {},
  ): Flow<Of, Sets, Row> {
    const flow = this['~flow']
    const out = checkedOutput(flow, '.emit', to)
    checkFunction(flow.part, 'the body of .emit', body)
    checkOptions(flow.part, options, ['key'])
    const key =
      options.key === undefined
        ? undefined
        : checkedKey(flow.part, options.key, { option: 'key of .emit' })
    return new Chain({
      ...flow,
      emits: [...flow.emits, { topic: out.topic, body: selectorOf(body), key }],
      sinks: [...flow.sinks, ...out.sinks],
    })
  }

  when(
    test: (row: Row) => boolean,
    ...to: [Topic | FileEdge | KafkaEdge, ...(Topic | FileEdge | KafkaEdge)[]]
  ): Flow<Of, Sets, Row> {
    const flow = this['~flow']
    checkFunction(flow.part, 'the test of .when', test)
    if (to.length === 0)
      refuse(
        flow.part,
        `.when must be given where to; found no topic; write .when(test, topic('blocked'))`,
      )
    const outs = to.map((each) => checkedOutput(flow, '.when', each))
    const topics = outs.map(({ topic }) => topic)
    const twice = topics.find((each, i) => topics.indexOf(each) < i)
    if (twice !== undefined) {
      refuse(
        flow.part,
        `.when must be given each topic once; found '${twice}' twice; leave one out`,
      )
    }
    return new Chain({
      ...flow,
      whens: [...flow.whens, { test: selectorOf(test), topics }],
      sinks: [...flow.sinks, ...outs.flatMap(({ sinks }) => sinks)],
    })
  }

  every<Name extends string, Kept>(
    period: Duration,
    options: { of: FeatureSet<string, Name, unknown, Kept>; to: Topic | FileEdge | KafkaEdge },
    body: (row: PeriodRow<Kept>) => Json,
  ): Flow<Of, Sets, Row> {
    const flow = this['~flow']
    const every = everyPlan(flow, period, { options, body })
    const out = checkedOutput(flow, '.every', options.to)
    return new Chain({
      ...flow,
      everies: [...flow.everies, { ...every, topic: out.topic }],
      sinks: [...flow.sinks, ...out.sinks],
    })
  }
}

function featuresStep(
  { part: own, from }: FlowDefinition,
  use: SetDefinition,
  lookup: Partial<LookupOptions<never>> | undefined,
): FeaturesStep {
  if (lookup !== undefined) checkOptions(own, lookup, ['by', 'wait'])
  const title = `.features('${use.as}')`
  if (lookup?.by === undefined) {
    if (use.stream !== from) {
      refuse(
        own,
        `${title} has features of the stream '${use.stream.plan.name}' and must say by which key to look it up; found no by; ` +
          `write { by: (event) => ... }, a key of '${from.plan.name}'`,
      )
    }
    if (lookup?.wait !== undefined) {
      refuse(
        own,
        `${title} is of the pipeline's own stream and has nothing to wait for; found wait; remove it`,
      )
    }
    return { use, lookup: undefined }
  }
  const by = checkedKey(own, lookup.by, { columns: from.columns, option: `by of ${title}` })
  const valued = use.set.features.find(({ kind }) => kind === 'value')
  if (valued !== undefined) {
    refuse(
      own,
      `a set that is looked up must have only features with state, because no event of its own is there; found the value ` +
        `'${valued.name}' in '${use.as}'; use f.last for it`,
    )
  }
  if (use.stream === from && sameKey(by, use.set.key)) {
    refuse(
      own,
      `${title} is of the pipeline's own stream, whose events bring its key themselves; found by with that same key; leave it out`,
    )
  }
  const { wait = '0ms' } = lookup
  return {
    use,
    lookup: {
      by,
      waitMs: wait === 'forever' ? Infinity : checkDuration(own, `wait of ${title}`, wait),
    },
  }
}

function checkFeatureNames(
  { part: own, features }: FlowDefinition,
  { use, lookup }: FeaturesStep,
): void {
  for (const { use: other, lookup: otherLookup } of features) {
    if (other.as === use.as) {
      refuse(
        own,
        `names of feature sets must differ; found '${use.as}' twice; give one another name with .as(...)`,
      )
    }
    if (other.set !== use.set && other.set.name === use.set.name) {
      refuse(
        own,
        `two feature sets must not be defined with one name, by which their state is found; found '${use.set.name}'; rename one`,
      )
    }
    if (
      other.set === use.set &&
      sameKey(otherLookup?.by ?? other.set.key, lookup?.by ?? use.set.key)
    ) {
      refuse(
        own,
        `a set must be used once by each key; found '${use.as}' and '${other.as}' with the same; leave one out`,
      )
    }
    const twice = use.names.find((name) => other.names.includes(name))
    if (twice === undefined) continue
    refuse(
      own,
      `names of features must differ; found '${twice}' in '${other.as}' and '${use.as}'; give one of the sets another name with .as(...)`,
    )
  }
}

function checkModel(
  { part: own, from, features, predicts }: FlowDefinition,
  model: ModelDefinition,
  as: string | undefined,
): void {
  if (model.of !== from) {
    refuse(
      own,
      `a model must be of the stream '${from.plan.name}'; found '${model.name}' of '${model.of.plan.name}'; define one for it`,
    )
  }
  for (const set of model.input) {
    const used = features.find(({ use }) => use.as === set.as)
    if (used === undefined) {
      refuse(
        own,
        `the model '${model.name}' reads '${set.as}', which must be in the chain; found no such set; call .features(...) with it before`,
      )
    }
    if (used.use.set !== set.set) {
      refuse(
        own,
        `the model '${model.name}' reads another set named '${set.as}' than the chain has; found two; use the same one`,
      )
    }
  }
  for (const other of predicts) {
    if (other.model.name === model.name) {
      refuse(
        own,
        `a model must predict once; found '${model.name}' twice; define a second model under another name`,
      )
    }
    if (other.as !== as) continue
    refuse(
      own,
      as === undefined
        ? `a second model needs a name; found '${other.model.name}' and '${model.name}' without; write .predict(model, { as: '${model.name}' })`
        : `names of predictions must differ; found '${as}' twice; choose another in { as }`,
    )
  }
}
