// What a plan must give for its inputs, by ENGINE 1 to 4, 8 and 9: in one go, over plain objects, without batches, state or faults.
// The engine is judged by it, so it may share nothing with the engine but the plan, the key encoding and the hash.
import { DefinitionError } from '../base/errors.ts'
import { murmur2, partitionOf } from '../base/murmur2.ts'
import type { KeySelector } from '../contracts/selector.ts'
import type { ModelPlan, Plan, SetPlan, SetUse, StagePlan } from '../pipeline/plan.ts'
import type { Inputs } from './inputs.ts'
import { attempt, inputsFit, keyOf, predicted, scoreOf } from './oracle-calls.ts'
import { referencePeriods } from './oracle-periods.ts'
import { deadLetter, OracleSources, sourceNumber, type Entered } from './oracle-sources.ts'
import { streamNamed } from '../pipeline/plan-streams.ts'
import { OracleSet } from './oracle-features.ts'
import { featureDrifts } from './oracle-drift.ts'
import { driftsTopic } from '../engine/task-names.ts'
import { OracleLearning, type OracleExample } from './oracle-learning.ts'
import { referenceJoin, type Joined, type JoinRow } from './oracle-labels.ts'
import type { Outcome } from './outcome.ts'
import type { SparseOffsets } from './sparse-log.ts'

export interface OracleOptions {
  /** Tasks a stage. */
  readonly partitions: number
  /** Offsets of the log, where they have holes. Default: they have none. */
  readonly offsets?: SparseOffsets
  /** Functions in the place of models, by name. Default: the model's own function. */
  readonly models?: ReadonlyMap<string, (features: Readonly<Record<string, unknown>>) => unknown>
}

interface Row extends Entered {
  /** Features so far, in the order of the stages. */
  readonly features: Map<string, unknown>
  /** The task of the stage it is in. */
  task: number
}

/**
 * The outcome of a pipeline whose lookups wait for ever and whose inputs end.
 * @throws DefinitionError when the plan has a stream with `ahead`, or a lookup that does not wait: what those give depends on when.
 */
export function referenceRun(plan: Plan, inputs: Inputs, options: OracleOptions): Outcome {
  return new Oracle(plan, options).run(inputs)
}

const STAGE_COUNTS = ['predictions', 'unpredicted', 'written', 'periodRows', 'periodRowsSetAside']

class Oracle {
  readonly #plan: Plan
  readonly #options: OracleOptions
  readonly #outputs: Record<string, string[][]> = {}
  readonly #deadLetters: string[] = []
  readonly #receipts: Record<string, string[][]> = {}
  readonly #examples: Record<string, string[][]> = {}
  readonly #counts: Record<string, number> = {}
  /** Events that entered, by stream, in merged order. */
  #entered: ReadonlyMap<string, readonly Entered[]> = new Map()

  constructor(plan: Plan, options: OracleOptions) {
    const waits = plan.stages.every(({ lookups }) =>
      lookups.every(({ waitMs }) => waitMs === Infinity),
    )
    if (!waits || plan.streams.some(({ aheadMs }) => aheadMs !== undefined)) {
      throw new DefinitionError(
        "the oracle needs lookups with wait: 'forever' and streams without `ahead`; found others: what those give depends on when it runs",
        { code: 'ML_USAGE' },
      )
    }
    this.#plan = plan
    this.#options = options
  }

  run(inputs: Inputs): Outcome {
    this.#read(inputs)
    let rows = (this.#entered.get(this.#plan.from) ?? []).map((each): Row => ({
      ...each,
      features: new Map(),
      task: 0,
    }))
    const { stages } = this.#plan
    stages.forEach((stage, i) => {
      for (const row of rows) row.task = this.#task(stage.key, row.event)
      const failures = this.#features(stage, rows)
      for (const name of STAGE_COUNTS) this.#count(stage.name, name, 0)
      this.#count(stage.name, 'rows', rows.length)
      const next = stages[i + 1]
      if (next === undefined) this.#finish(stage, rows, failures)
      else rows = this.#pass(stage, next.key, { rows, failures })
    })
    return {
      outputs: this.#outputs,
      deadLetters: this.#deadLetters.sort(),
      receipts: this.#receipts,
      examples: this.#examples,
      counts: this.#counts,
    }
  }

  #read(inputs: Inputs): void {
    const sources = new OracleSources(this.#plan, this.#options.offsets)
    for (const stream of this.#plan.streams) sources.read(stream, inputs.get(stream.name) ?? [])
    this.#entered = sources.entered()
    Object.assign(this.#outputs, sources.late)
    Object.assign(this.#counts, sources.counts)
    this.#deadLetters.push(...sources.deadLetters)
  }

  /** Adds the features of a stage to its rows. @returns the rows on which a function failed. */
  #features(stage: StagePlan, rows: readonly Row[]): Set<Row> {
    const failures = new Set<Row>()
    for (const use of stage.own) {
      const { set, names } = use
      const sets = this.#sets(stage, use)
      this.#periods(stage, use, rows, stage.key)
      for (const row of rows) {
        const state = sets[row.task]
        if (!inputsFit(set, row.event)) failures.add(row)
        const key = keyOf(stage.key, row.event) ?? ''
        if (set.features.some(({ kind }) => kind !== 'value')) state.update(key, row)
        put(row, names, state.read(key, row, true))
      }
      this.#countKeys(stage, sets)
    }
    for (const use of stage.lookups) {
      const { set, names } = use
      const sets = this.#sets(stage, use)
      const updates = this.#entered.get(set.stream) ?? []
      this.#periods(stage, use, updates, set.key)
      let next = 0
      for (const row of rows) {
        // What happened at the row's own time counts: looked-up streams rank before the stream itself.
        for (; next < updates.length && updates[next].mergeTime <= row.mergeTime; next++)
          this.#update(set, sets, updates[next])
        put(row, names, sets[row.task].read(keyOf(stage.key, row.event) ?? '', row, false))
      }
      // Those behind the last row count in no feature any more.
      for (; next < updates.length; next++) this.#update(set, sets, updates[next])
      this.#countKeys(stage, sets)
    }
    return failures
  }

  #update(set: SetPlan, sets: readonly OracleSet[], entered: Entered): void {
    const key = keyOf(set.key, entered.event) ?? ''
    sets[this.#taskOf(key)].update(key, entered)
  }

  #countKeys(stage: StagePlan, sets: readonly OracleSet[]): void {
    for (const { plan, counts } of sets)
      if (plan.features.some(({ kind }) => kind !== 'value'))
        for (const [name, by] of Object.entries(counts))
          this.#count(stage.name, `${plan.name}.${name}`, by)
  }

  /** A set in each task of its stage. One that periods are told of is kept a period longer. */
  #sets({ everies }: StagePlan, { set, as }: SetUse): OracleSet[] {
    const slack = Math.max(this.#lateness(set.stream), this.#lateness(this.#plan.from))
    const periods = everies.filter((every) => every.set === as).map(({ periodMs }) => periodMs)
    const { partitions } = this.#options
    const slackMs = slack + Math.max(0, ...periods)
    return Array.from({ length: partitions }, () => new OracleSet(set, { slackMs, partitions }))
  }

  /** Rows of the periods of a set, task by task. */
  #periods(stage: StagePlan, use: SetUse, updates: readonly Entered[], key: KeySelector): void {
    for (const every of stage.everies.filter(({ set }) => set === use.as)) {
      this.#lines(this.#outputs, every.topic, this.#options.partitions).forEach((lines, task) => {
        const own = updates
          .map((event) => ({ key: keyOf(key, event.event) ?? '', event }))
          .filter((each) => this.#taskOf(each.key) === task)
        const of = { set: this.#sets(stage, use)[task], names: use.names }
        for (const line of referencePeriods(every, own, of)) {
          if (line.body === undefined) {
            const origin = `every/${every.topic}/${line.to}`
            const letter = [use.set.stream, stage.name, origin, JSON.stringify(line.row)]
            this.#deadLetters.push(JSON.stringify(letter))
          } else lines.push(JSON.stringify([line.key, line.to, line.body]))
          this.#count(stage.name, line.body === undefined ? 'periodRowsSetAside' : 'periodRows', 1)
        }
      })
    }
  }

  #pass(
    stage: StagePlan,
    next: KeySelector,
    { rows, failures }: { rows: readonly Row[]; failures: Set<Row> },
  ): Row[] {
    for (const row of rows) if (keyOf(next, row.event) === undefined) failures.add(row)
    this.#setAside(stage, failures)
    return rows.filter((row) => !failures.has(row))
  }

  /** Predictions, receipts, outputs and labels of the last stage. */
  #finish(stage: StagePlan, rows: readonly Row[], failures: Set<Row>): void {
    const { key } = streamNamed(this.#plan, this.#plan.from)
    const { partitions } = this.#options
    const scores = new Map<string, Map<Row, number>>()
    const predictions = new Map<Row, Map<string | undefined, unknown>>()
    const unpredicted = new Set<Row>()
    const score = (model: ModelPlan, predict: (row: Row) => object | undefined): void => {
      const ofModel = new Map<Row, number>()
      scores.set(model.name, ofModel)
      const receipts = this.#lines(this.#receipts, model.name, partitions)
      for (const row of rows) {
        const output = predict(row)
        const values = output === undefined ? undefined : Object.values(output)
        const id = keyOf(model.labels?.of ?? key, row.event) ?? ''
        const names = model.learning?.features ?? model.features
        const features = names.map((name) => row.features.get(name) ?? null)
        receipts[row.task].push(
          JSON.stringify([sourceNumber(row), row.offset, row.time, id, features, values ?? null]),
        )
        if (output === undefined) {
          unpredicted.add(row)
          failures.add(row)
          continue
        }
        ofModel.set(row, scoreOf(model, output))
        const ofRow = predictions.get(row) ?? new Map<string | undefined, unknown>()
        predictions.set(row, ofRow.set(model.as, output))
      }
    }
    const learning = stage.models.filter((model) => model.learning !== undefined)
    for (const model of stage.models)
      if (!learning.includes(model)) score(model, (row) => this.#predict(model, row))
    for (const row of rows)
      for (const { labels } of stage.models)
        if (labels !== undefined && keyOf(labels.of, row.event) === undefined) failures.add(row)
    // A learner predicts every row, so that what it learns is known by now, but for the scores, which it does not learn from.
    const known = rows.filter((row) => !failures.has(row))
    for (const model of learning) {
      const learner = new OracleLearning(
        model,
        model.learning?.from === 'rows' ? known.map(asExample) : this.#learnable(model, known),
      )
      score(model, (row) =>
        learner.predict(row.mergeTime, row.features, {
          partition: sourceNumber(row),
          offset: row.offset,
        }),
      )
      learner.learnUntil(Infinity)
      for (const [name, by] of Object.entries(learner.counts))
        this.#count(`learning.${model.name}`, name, by)
    }
    this.#count(stage.name, 'predictions', stage.models.length === 0 ? 0 : rows.length)
    this.#count(stage.name, 'unpredicted', unpredicted.size)
    const good = rows.filter((row) => !failures.has(row))
    const drifts = stage.models.flatMap((model) => featureDrifts(this.#plan, model, good))
    if (drifts.length > 0)
      this.#lines(this.#outputs, driftsTopic(this.#plan.pipeline), 1)[0] = drifts.toSorted()
    for (const model of stage.models)
      if (model.labels !== undefined)
        this.#join(
          model,
          rows.filter((row) => !failures.has(row)),
          scores.get(model.name),
        )
    for (const row of rows)
      if (
        !failures.has(row) &&
        !this.#write(stage, key, { row, predictions: predictions.get(row) })
      )
        failures.add(row)
    this.#setAside(stage, failures)
  }

  #predict(model: ModelPlan, { features, event }: Row): object | undefined {
    return predicted(model, { features, event, own: this.#options.models?.get(model.name) })
  }

  /** @returns whether all functions gave what they must; nothing is written of a row where one did not. */
  #write(
    stage: StagePlan,
    streamKey: KeySelector,
    of: { row: Row; predictions: Map<string | undefined, unknown> | undefined },
  ): boolean {
    const { row } = of
    const view: Record<string, unknown> = {
      event: row.event,
      features: Object.fromEntries(row.features),
    }
    for (const [as, value] of of.predictions ?? []) {
      if (as === undefined) view.prediction = value
      else view.predictions = { ...(view.predictions as object | undefined), [as]: value }
    }
    const key = keyOf(streamKey, row.event) ?? ''
    const records: [topic: string, key: string | undefined, body: string | undefined][] = []
    for (const emit of stage.emits) {
      const { value, failed } = attempt(emit.body, view)
      const own = emit.key === undefined ? key : keyOf(emit.key, view)
      records.push([emit.topic, own, failed ? undefined : JSON.stringify(value)])
    }
    for (const { test, topics } of stage.whens) {
      const { value } = attempt(test, view)
      if (typeof value !== 'boolean') return false
      if (value) for (const topic of topics) records.push([topic, key, JSON.stringify(view)])
    }
    if (records.some(([, own, body]) => own === undefined || body === undefined)) return false
    this.#count(stage.name, 'written', records.length)
    for (const [topic, own, body] of records)
      this.#lines(this.#outputs, topic, this.#options.partitions)[row.task].push(
        JSON.stringify([own, row.time, body]),
      )
    return true
  }

  #join(model: ModelPlan, rows: readonly Row[], scores: Map<Row, number> | undefined): void {
    const lines = this.#lines(this.#examples, model.name, this.#options.partitions)
    this.#joined(model, rows, scores).forEach((joined, task) => {
      lines[task].push(...joined.lines)
      for (const [count, by] of Object.entries(joined.counts))
        this.#count(`labels.${model.name}`, count, by)
    })
  }

  #learnable(model: ModelPlan, rows: readonly Row[]): OracleExample[] {
    return this.#joined(model, rows).flatMap((joined, task) =>
      joined.examples.map((each) => ({ ...each, task })),
    )
  }

  /** What each task of the join gives. */
  #joined(
    { labels: plan }: ModelPlan,
    rows: readonly Row[],
    scores?: ReadonlyMap<Row, number>,
  ): Joined[] {
    if (plan === undefined) return []
    const labels = (this.#entered.get(plan.stream) ?? []).map(
      (each): Entered & { row: JoinRow } => ({
        ...each,
        row: {
          kind: 'label',
          id: keyOf(plan.by, each.event) ?? '',
          mergeTime: each.mergeTime,
          time: each.time,
          label: Number(plan.label.call(each.event)),
        },
      }),
    )
    const predictions = rows.map((each): Entered & { row: JoinRow } => ({
      ...each,
      row: {
        kind: 'prediction',
        id: keyOf(plan.of, each.event) ?? '',
        mergeTime: each.mergeTime,
        time: each.time,
        score: scores?.get(each) ?? 0,
        features: each.features,
      },
    }))
    // A stable sort: labels, which come first here, stay before predictions of equal time.
    const merged = [...labels, ...predictions]
      .sort((a, b) => a.mergeTime - b.mergeTime)
      .map(({ row }) => row)
    return Array.from({ length: this.#options.partitions }, (_, task) =>
      referenceJoin(
        plan,
        merged.filter(({ id }) => this.#taskOf(id) === task),
      ),
    )
  }

  #setAside(stage: StagePlan, failures: ReadonlySet<Row>): void {
    this.#count(stage.name, 'setAside', failures.size)
    for (const row of failures) this.#deadLetters.push(deadLetter(stage.name, row))
  }

  #lateness(stream: string): number {
    return streamNamed(this.#plan, stream).latenessMs
  }

  #task(key: KeySelector, event: unknown): number {
    return this.#taskOf(keyOf(key, event) ?? '')
  }

  #taskOf(key: string): number {
    return partitionOf(murmur2(Buffer.from(key, 'utf8')), this.#options.partitions)
  }

  #lines(of: Record<string, string[][]>, name: string, partitions: number): string[][] {
    return (of[name] ??= Array.from({ length: partitions }, () => []))
  }

  #count(stage: string, name: string, by: number): void {
    this.#counts[`${stage}.${name}`] = (this.#counts[`${stage}.${name}`] ?? 0) + by
  }
}

function put(row: Row, names: readonly string[], values: readonly unknown[]): void {
  names.forEach((name, i) => row.features.set(name, values[i]))
}

/** A row that is learnt from without a label: the order of all rows is that of their examples, whichever task predicts them. */
function asExample({ mergeTime, features }: Row): OracleExample {
  return { mergeTime, task: 0, outcome: 'joined', label: 0, features }
}
