// The plan of a pipeline as it is run for a training set: the same features and labels, every event in its place, nothing predicted.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { createHash } from 'node:crypto'
import { SCORED, type LoadedModel, type Scored } from '../../contracts/runtime.ts'
import type { ModelPlan, Plan, StagePlan } from '../../pipeline/plan.ts'

/** Waits as long as it takes, for every input; writes nothing but receipts and examples. */
export function idealPlan(plan: Plan): Plan {
  return {
    ...plan,
    streams: plan.streams.map((stream) => ({ ...stream, idleMs: undefined })),
    stages: plan.stages.map(idealStage),
    fileSources: [],
    fileSinks: [],
    kafkaSources: [],
    kafkaSinks: [],
  }
}

function idealStage(stage: StagePlan): StagePlan {
  return {
    ...stage,
    lookups: stage.lookups.map((lookup) => ({ ...lookup, waitMs: Infinity })),
    models: stage.models.map(idealModel),
    emits: [],
    whens: [],
    everies: [],
  }
}

function idealModel(model: ModelPlan): ModelPlan {
  const { labels } = model
  return {
    ...model,
    output: ANYTHING,
    labels: labels === undefined ? undefined : { ...labels, judges: undefined },
    // Nothing is predicted, and so nothing is learnt to predict with.
    learning: undefined,
    drift: undefined,
    windowDrift: undefined,
  }
}

const ANYTHING: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'millrace', validate: (value) => ({ value }) },
}

/** Takes every feature the model may take, as it is, and says nothing. */
export function silentModel({ name, features }: ModelPlan): LoadedModel {
  const nothing = (rows: number): Scored => ({
    rows,
    outputs: [],
    outcome: new Uint8Array(rows).fill(SCORED),
    reasons: new Map(),
  })
  return {
    digest: createHash('sha256').update(`dataset of ${name}`).digest('hex'),
    features,
    precision: 'float64',
    outputs: [],
    path: 'none',
    bucket: 1,
    fallsBack: false,
    score: async (_, rows) => nothing(rows),
    without: nothing,
    close: async () => {},
  }
}
