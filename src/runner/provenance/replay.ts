// One prediction derived again from the log: every commit on its way is done again, and what it writes is compared, bit for bit,
// with what lies in the log.
import { StateError } from '../../base/errors.ts'
import type { Append } from '../../contracts/log.ts'
import { Block } from '../../engine/exchange/block.ts'
import { SOURCE_OFFSET, SOURCE_PARTITION } from '../../engine/exchange/layout.ts'
import { sourceNumber } from '../../engine/exchange/source-number.ts'
import { originsOf } from '../../pipeline/plan-streams.ts'
import type { PipelineParts } from '../../engine/open-task.ts'
import { isOfStage, readsSource, type TaskPlan } from '../../engine/task-plan.ts'
import { readPartition } from '../../engine/read-partition.ts'
import { replayCommit } from '../../engine/replay-commit.ts'
import { receiptsTopic } from '../../engine/task-names.ts'
import { valueBytes } from '../../base/records.ts'
import type { Explanation } from '../../contracts/explanation.ts'
import { explanations } from './explain.ts'
import { taskId } from '../../engine/task-spec.ts'
import { partsOf, withPipeline, type OpenedPipeline, type PipelinePlace } from '../open-pipeline.ts'
import { DefinitionError } from '../../base/errors.ts'
import { periodPlace, replayPeriod, type PeriodReplay } from './replay-period.ts'
import { layoutAt, planDifferences, tasksAt } from './replay-layout.ts'
import type { ReplayStep } from './replay-step.ts'

export interface Replay {
  readonly explanation: Explanation
  /** From the source to the prediction. */
  readonly steps: readonly ReplayStep[]
  readonly equal: boolean
  /** What is another in the plan than when the prediction was made: a difference may come from that. Empty: it is the same plan. */
  readonly planDifferences: readonly string[]
  /** Digest of the plan that made it, where its features or stages are others than this definition's: it is not derived again. */
  readonly otherPlan: string | undefined
}

/**
 * @param id of a prediction, as it is encoded; or `TOPIC/PARTITION/OFFSET` of a row that `every` told.
 * @throws DefinitionError where there is neither.
 */
export async function replay(
  place: PipelinePlace,
  id: string,
): Promise<readonly (Replay | PeriodReplay)[]> {
  return withPipeline(place, async (opened) => {
    const period = periodPlace(opened, id)
    if (period !== undefined) return [await replayPeriod(opened, period)]
    const { log, definition } = opened
    const found = await explanations(log, definition.plan, id)
    if (found.length === 0)
      throw new DefinitionError(
        `a prediction must have a receipt to be replayed; found none with the id '${id}'; a row of a period is named by its place: TOPIC/PARTITION/OFFSET`,
        { code: 'ML_USAGE' },
      )
    const replays: Replay[] = []
    const versions = new Map<string, PipelineParts>()
    for (const explanation of found) {
      const { name, digest } = explanation.model
      const version = `${name} ${digest}`
      const parts = versions.get(version) ?? (await partsOf(opened, { model: name, digest }))
      versions.set(version, parts)
      const replayer = await Replayer.of(opened, parts, explanation)
      const otherPlan = replayer.otherPlan
      const steps = otherPlan === undefined ? await replayer.steps(explanation) : []
      replays.push({
        explanation,
        steps,
        equal: otherPlan === undefined && steps.every(({ equal }) => equal),
        otherPlan,
        planDifferences: await planDifferences(opened, explanation.plan),
      })
    }
    if (replays.some(({ otherPlan }) => otherPlan === undefined)) return replays
    throw new DefinitionError(
      `a prediction is derived again by the definition it was made with; found one made by plan ${replays[0].otherPlan?.slice(0, 16)}, whose features or stages are others; give the file as it was with --file`,
      { code: 'ML_USAGE' },
    )
  })
}

interface Wrote {
  readonly topic: string
  readonly partition: number
}

class Replayer {
  readonly #opened: OpenedPipeline
  readonly #parts: PipelineParts

  readonly #tasks: readonly TaskPlan[]
  /** The plan that made the prediction, where it is of another shape. */
  readonly otherPlan: string | undefined

  private constructor(
    opened: OpenedPipeline,
    of: { parts: PipelineParts; tasks: readonly TaskPlan[]; otherPlan: string | undefined },
  ) {
    this.#opened = opened
    this.#parts = of.parts
    this.#tasks = of.tasks
    this.otherPlan = of.otherPlan
  }

  /** As the tasks were when the prediction was made: stages may have been rescaled since, and sources may have got partitions. */
  static async of(
    opened: OpenedPipeline,
    parts: PipelineParts,
    { receipt }: Explanation,
  ): Promise<Replayer> {
    const stage = opened.definition.plan.stages.at(-1)?.name ?? ''
    const at = { stage, number: receipt.task, commit: receipt.commit }
    const { tasks, sources, otherPlan } = tasksAt(opened, at)
    return new Replayer(opened, { parts: { ...parts, sources }, tasks, otherPlan })
  }

  async steps({ receipt, source, model }: Explanation): Promise<ReplayStep[]> {
    const { plan } = this.#opened.definition
    const rank = originsOf(plan, plan.from).findIndex(({ topic }) => topic === source.topic)
    const steps: ReplayStep[] = []
    let wrote: Wrote = { topic: receiptsTopic(plan.pipeline), partition: receipt.task }
    let { commit } = receipt
    for (let index = plan.stages.length - 1; index >= 0; index--) {
      const following = plan.stages.at(index + 1)
      const number =
        following === undefined
          ? receipt.task
          : Math.floor(wrote.partition / this.#count(following.name))
      const task = this.#task(
        (each) => isOfStage(each) && each.stageIndex === index && each.spec.number === number,
      )
      steps.unshift(await this.#step(task, { commit, wrote, model: model.name }))
      // It read the source itself.
      if (task.kind === 'direct') return steps
      const from = await this.#rowOf(task, commit, {
        source: sourceNumber(rank, source.partition),
        offset: source.offset,
      })
      wrote = from.wrote
      commit = from.commit
    }
    const task = this.#task(
      (each) =>
        each.kind === 'source' &&
        each.stream.topic === source.topic &&
        each.spec.number === source.partition,
    )
    steps.unshift(await this.#step(task, { commit, wrote, model: model.name }))
    return steps
  }

  /** Tasks of a stage. */
  #count(stage: string): number {
    return this.#tasks.filter(({ spec }) => spec.stage === stage).length
  }

  #task(is: (task: TaskPlan) => boolean): TaskPlan {
    const task = this.#tasks.find(is)
    if (task === undefined)
      throw new StateError(
        'ML_STATE',
        'the receipt names a task this plan does not have; replay it with the definition it was made with',
      )
    return task
  }

  async #step(
    task: TaskPlan,
    of: { commit: number; wrote: Wrote; model: string },
  ): Promise<ReplayStep> {
    const { commit, wrote, model } = of
    const { log } = this.#opened
    const change = layoutAt(this.#opened.layouts, task.spec, commit).change ?? undefined
    const parts = { ...this.#parts, change }
    const appends = await replayCommit(log, task, { parts, commit })
    const again = appends
      .filter((append) => append.topic === wrote.topic && append.partition === wrote.partition)
      .find((append) => isOf(append, model))
    const before = await this.#written(wrote, commit, model)
    const bytes = again === undefined ? undefined : valueBytes(again.records, 0)
    return {
      stage: task.spec.stage,
      task: task.spec.number,
      commit,
      wrote: `${wrote.topic}/${wrote.partition}`,
      bytes: before?.length ?? 0,
      equal: bytes !== undefined && before !== undefined && Buffer.compare(bytes, before) === 0,
    }
  }

  async #written(
    { topic, partition }: Wrote,
    commit: number,
    model: string,
  ): Promise<Uint8Array | undefined> {
    let found: Uint8Array | undefined
    const { log } = this.#opened
    const start = (await log.topic(topic))?.parts[partition].start ?? 0
    await readPartition(log, { topic, partition, from: start }, (_, value) => {
      const block = new Block(value)
      if (block.commit < commit) return true
      if (block.commit === commit && modelOf(block, model)) found = value.slice()
      return block.commit === commit && found === undefined
    })
    return found
  }

  /** The lane and commit that brought a source row to a commit of a task. */
  async #rowOf(
    task: TaskPlan,
    by: number,
    row: { source: number; offset: number },
  ): Promise<{ wrote: Wrote; commit: number }> {
    if (readsSource(task)) throw new StateError('ML_INTERNAL', 'a source has no stage before it')
    const input = task.inputs[task.inputs.length - 1]
    const { log } = this.#opened
    // Before, there may be the same row for the plan before.
    const begun = layoutAt(this.#opened.layouts, task.spec, by).change?.starts[taskId(task.spec)]
      ?.lanes
    const lanes = begun?.slice(-input.partitions.length) ?? []
    for (const [i, partition] of input.partitions.entries()) {
      let commit: number | undefined
      const kept = (await log.topic(input.topic))?.parts[partition].start ?? 0
      const start = Math.max(kept, lanes[i]?.[0] ?? 0)
      await readPartition(log, { topic: input.topic, partition, from: start }, (_, value) => {
        const block = new Block(value)
        if (block.rows > 0 && holds(block, row)) commit = block.commit
        return commit === undefined
      })
      if (commit !== undefined) return { wrote: { topic: input.topic, partition }, commit }
    }
    throw new StateError(
      'ML_OFFSET_GONE',
      `the row of offset ${row.offset} is not in '${input.topic}' any more: it lies before the replay horizon`,
    )
  }
}

function holds(block: Block, { source, offset }: { source: number; offset: number }): boolean {
  const sources = block.numbers(SOURCE_PARTITION)
  const offsets = block.numbers(SOURCE_OFFSET)
  for (let row = 0; row < block.rows; row++)
    if (offsets[row] === offset && sources[row] === source) return true
  return false
}

function isOf(append: Append, model: string): boolean {
  return modelOf(new Block(valueBytes(append.records, 0)), model)
}

/** Blocks between stages have no model; receipts have one each. */
function modelOf(block: Block, model: string): boolean {
  const meta = block.meta()
  if (meta.length === 0) return true
  const { model: own }: { model?: string } = JSON.parse(Buffer.from(meta).toString('utf8'))
  return own === model
}
