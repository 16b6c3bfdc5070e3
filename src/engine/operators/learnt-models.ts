// The models of a stage that learn, as the stage predicts with them: which snapshot each has, and which rows of a batch each scores.
import type { Log } from '../../contracts/log.ts'
import type { LoadedModel } from '../../contracts/runtime.ts'
import type { StagePlan } from '../../pipeline/plan.ts'
import { gather } from '../exchange/gather.ts'
import { MERGE_TIME } from '../exchange/layout.ts'
import type { Merged, Taken } from '../exchange/merge.ts'
import { LearnerSnapshots } from '../learner-snapshots.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'
import { learnerTopic } from '../task-names.ts'
import { valueAt } from '../../schema/event-view.ts'
import { LEARNT } from './learnt-layout.ts'
import type { StageModel } from './stage-model.ts'

/** What a model had learnt when it predicted. */
export interface LearntVersion {
  /** Number of the snapshot; 0 for none. */
  readonly snapshot: number
  /** SHA-256, hex, of the snapshot; empty for none. */
  readonly digest: string
  /** Examples that it has learnt: all whose merge time is before `until`, ms. */
  readonly examples: number
  readonly until: number | null
}

/** Rows [from, to) of a batch, scored with one snapshot. */
export interface LearntRows extends LearntVersion {
  readonly from: number
  readonly to: number
  readonly loaded: LoadedModel
}

export interface LearntModelsOptions {
  readonly log: Log
  readonly pipeline: string
  readonly stage: StagePlan
  readonly models: readonly StageModel[]
}

export class LearntModels {
  /** By the model's index in the stage; undefined for models that do not learn. */
  readonly #models: readonly (LearntModel | undefined)[]

  constructor(memory: StateMemory, { log, pipeline, stage, models }: LearntModelsOptions) {
    let input = stage.lookups.length
    this.#models = models.map(({ plan, loaded }) =>
      plan.learning === undefined
        ? undefined
        : new LearntModel(memory, {
            name: plan.name,
            loaded,
            input: input++,
            snapshots: new LearnerSnapshots(log, learnerTopic(pipeline, plan.name)),
          }),
    )
  }

  /**
   * Takes the snapshots of a batch, and gives the rows of each.
   * @param left marks of rows that are not scored; all are where it is undefined.
   */
  async rowsOf(
    merged: Merged,
    left: Uint8Array | undefined,
  ): Promise<readonly (readonly LearntRows[] | undefined)[]> {
    const all: (readonly LearntRows[] | undefined)[] = []
    for (const model of this.#models) all.push(await model?.rowsOf(merged, left))
    return all
  }
}

// Words of a model's region; the digest is behind them.
const SNAPSHOT = 0
const EXAMPLES = 1
const UNTIL = 2
/** First half of the digest of the learner as it begins: what others have learnt is nothing to it. */
const LEARNER = 3
const DIGEST = 4
const WORDS = 8

interface LearntModelOptions {
  readonly name: string
  /** As it begins. */
  readonly loaded: LoadedModel
  /** Index of the input that tells of its snapshots. */
  readonly input: number
  readonly snapshots: LearnerSnapshots
}

class LearntModel {
  readonly #options: LearntModelOptions
  readonly #region: Region
  readonly #learner: number
  /** The newest one that was loaded. */
  #loaded: { readonly snapshot: number; readonly model: LoadedModel }

  constructor(memory: StateMemory, options: LearntModelOptions) {
    const { name, loaded } = options
    this.#options = options
    this.#region = memory.region(`learnt/${name}`, WORDS * 8)
    this.#learner = Number.parseInt(loaded.learner?.digest.slice(0, 12) ?? '', 16)
    this.#loaded = { snapshot: 0, model: loaded }
  }

  async rowsOf(merged: Merged, left: Uint8Array | undefined): Promise<readonly LearntRows[]> {
    const { input } = this.#options
    const taken = merged.inputs[input]
    const primary = merged.inputs.length - 1
    const all: LearntRows[] = []
    let [row, place, update, from] = [0, 0, 0, 0]
    for (let step = 0; step < merged.count && update < taken.count; step++) {
      const of = merged.order[step]
      if (of === primary) {
        if (left === undefined || left[row] === 0) place++
        row++
      } else if (of === input) {
        if (place > from) all.push(await this.#rows(from, place))
        from = place
        this.#take(taken, update++)
      }
    }
    const count = merged.inputs[primary].count - ones(left)
    if (count > from) all.push(await this.#rows(from, count))
    return all
  }

  async #rows(from: number, to: number): Promise<LearntRows> {
    const version = this.#version
    return { from, to, ...version, loaded: await this.#load(version) }
  }

  get #version(): LearntVersion {
    const { f64, u8 } = this.#region
    if (f64[SNAPSHOT] === 0 || f64[LEARNER] !== this.#learner) return NOTHING_LEARNT
    return {
      snapshot: f64[SNAPSHOT],
      digest: Buffer.from(u8.subarray(DIGEST * 8, WORDS * 8)).toString('hex'),
      examples: f64[EXAMPLES],
      until: f64[UNTIL],
    }
  }

  async #load({ snapshot }: LearntVersion): Promise<LoadedModel> {
    if (this.#loaded.snapshot === snapshot) return this.#loaded.model
    const { loaded, snapshots } = this.#options
    const { bytes } = await snapshots.read(snapshot)
    this.#loaded = { snapshot, model: loaded.learner?.at(bytes) ?? loaded }
    return this.#loaded.model
  }

  #take(taken: Taken, row: number): void {
    const value = (column: number): unknown => valueAt(gather(taken, column), row)
    const { loaded } = this.#options
    if (value(LEARNT.learner) !== loaded.learner?.digest) return
    const region = this.#region
    const digest = value(LEARNT.digest)
    region.setF64(SNAPSHOT, Number(value(LEARNT.snapshot)))
    region.setF64(EXAMPLES, Number(value(LEARNT.examples)))
    region.setF64(UNTIL, Number(value(MERGE_TIME)))
    region.setF64(LEARNER, this.#learner)
    region.u8.set(Buffer.from(String(digest), 'hex'), DIGEST * 8)
    region.touchWords(DIGEST, WORDS - DIGEST)
  }
}

const NOTHING_LEARNT: LearntVersion = { snapshot: 0, digest: '', examples: 0, until: null }

function ones(marks: Uint8Array | undefined): number {
  return marks?.reduce((sum, mark) => sum + mark, 0) ?? 0
}
