// What the topics of a log are for. Those of Millrace itself say it by their names; those of users, by the plan.
import { deadLettersTopic, driftsTopic, lateTopic } from '../engine/task-names.ts'
import { readsSource, type TaskPlan } from '../engine/task-plan.ts'
import { joinStage, learningStage } from '../engine/stage-names.ts'
import type { Plan } from '../pipeline/plan.ts'

export interface KnownPipeline {
  /** undefined where none was run. */
  readonly plan: Plan | undefined
  readonly tasks: readonly TaskPlan[]
}

export interface TopicUse {
  readonly use: string
  /** Stages that write it. */
  readonly writers: readonly string[]
}

const OWN: readonly (readonly [name: RegExp, use: (...parts: string[]) => string])[] = [
  [/^_millrace\.control$/, () => 'decisions: runs, models, quarantines'],
  [/^_millrace\.artefacts$/, () => 'bytes of models, by digest'],
  [
    /^_(.+?)\.stage\.(.+)\.commits$/,
    (_, stage) => `commits of ${stage}: positions and changes of state`,
  ],
  [/^_(.+?)\.stage\.(.+)\.snapshots$/, (_, stage) => `snapshots of the state of ${stage}`],
  [/^_(.+?)\.stage\.(.+)\.rows$/, (_, stage) => `rows on their way to ${stage}, in blocks`],
  [
    /^_(.+?)\.stage\.(.+)\.set\.(.+)$/,
    (_, stage, set) => `events that change the features '${set}' of ${stage}, in blocks`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.labels$/,
    (_, model) => `labels on their way to model '${model}', in blocks`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.waiting$/,
    (_, model) => `predictions of '${model}' on their way to their labels, in blocks`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.runs$/,
    (_, model) => `predictions of '${model}' that wait for their label`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.examples$/,
    (_, model) =>
      `examples of '${model}': what became of its predictions; read by dataset and explain`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.learning$/,
    (_, model) => `rows that '${model}' learns from without labels, in blocks`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.(?:judged|watched)$/,
    (_, model) => `numbers of '${model}' that are watched for drift, in blocks`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.learner$/,
    (_, model) => `snapshots of what model '${model}' has learnt; read by export-model`,
  ],
  [
    /^_(.+?)\.model\.(.+)\.learnt$/,
    (_, model) => `which snapshots of '${model}' there are, told to the tasks that predict`,
  ],
  [
    /^_(.+?)\.members$/,
    () => 'what supervisors tell of themselves: restores, copies; read by status',
  ],
  [
    /^_(.+?)\.receipts$/,
    () => 'receipts: what each prediction was made of; read by explain, replay and dataset',
  ],
]

/** @param known undefined where no pipeline is known. */
export function topicUse(topic: string, known: KnownPipeline | undefined): TopicUse {
  const plan = known?.plan
  for (const [pattern, use] of OWN) {
    const found = pattern.exec(topic)
    if (found !== null) return { use: use(...found.slice(1)), writers: ownWriters(topic, plan) }
  }
  const uses = plan === undefined ? [] : usesOf(topic, plan, known?.tasks ?? [])
  if (uses.length === 0)
    return {
      use: plan === undefined ? 'not known' : `none that '${plan.pipeline}' knows`,
      writers: [],
    }
  return {
    use: uses.map(({ use }) => use).join('; '),
    writers: [...new Set(uses.flatMap(({ writers }) => writers))],
  }
}

function usesOf(topic: string, plan: Plan, tasks: readonly TaskPlan[]): TopicUse[] {
  const readers = (stream: string): string[] =>
    tasks.flatMap((task) =>
      readsSource(task) && task.stream.name === stream ? [task.spec.stage] : [],
    )
  const { streams, stages, pipeline } = plan
  const last = stages[stages.length - 1]
  const emits = last.emits.filter((each) => each.topic === topic)
  const whens = last.whens.filter(({ topics }) => topics.includes(topic))
  return [
    ...streams
      .filter((stream) => stream.topic === topic)
      .map(({ name }) => ({ use: `source of stream '${name}'`, writers: [] })),
    ...streams
      .filter(({ name, late }) => lateTopic(name, late) === topic)
      .map(({ name }) => ({
        use: `late events of stream '${name}'`,
        writers: readers(name),
      })),
    ...(emits.length + whens.length === 0
      ? []
      : [{ use: `output of '${pipeline}'`, writers: [last.name] }]),
    ...(driftsTopic(pipeline) === topic
      ? [
          {
            use: `drifts of the models of '${pipeline}', one record each`,
            writers: tasks.flatMap(({ kind, spec }) => (kind === 'drift' ? [spec.stage] : [])),
          },
        ]
      : []),
    ...(deadLettersTopic(pipeline) === topic
      ? [
          {
            use: `dead letters of '${pipeline}': events and rows that were set aside, and why`,
            writers: [
              ...streams.flatMap(({ name }) => readers(name)),
              ...stages.map(({ name }) => name),
            ],
          },
        ]
      : []),
  ]
}

/** Who writes a topic of Millrace's own between tasks is known by who reads the rest; here, those that are one stage's. */
function ownWriters(topic: string, plan: Plan | undefined): string[] {
  const stage = /^_.+?\.stage\.(.+)\.(?:commits|snapshots)$/.exec(topic)?.[1]
  if (stage !== undefined) return [stage]
  const model = /^_.+?\.model\.(.+)\.(?:runs|examples)$/.exec(topic)?.[1]
  if (model !== undefined) return [joinStage(model)]
  const learning = /^_.+?\.model\.(.+)\.(?:learner|learnt)$/.exec(topic)?.[1]
  if (learning !== undefined) return [learningStage(learning)]
  if (!topic.endsWith('.receipts') || plan === undefined) return []
  return [plan.stages[plan.stages.length - 1].name]
}
