// A model that goes on learning: as it begins, and as a snapshot has it. What it has learnt is the engine's to keep.
import { createHash } from 'node:crypto'
import { ModelError } from '../../base/errors.ts'
import type { Column } from '../../contracts/columns.ts'
import { learnerDigest } from '../../contracts/learner-digest.ts'
import type { Learner } from '../../contracts/learner.ts'
import type {
  FeatureInfo,
  LoadedLearner,
  LoadedModel,
  OutputInfo,
  RowPlaces,
  RuntimeSpec,
  Scored,
} from '../../contracts/runtime.ts'
import { checkFallback, parseFallback, type Fallback } from '../fallback.ts'
import { OutputTable } from '../output-table.ts'
import { RowOutcomes, unscored } from '../row-outcomes.ts'
import { learnerColumns, takenFeatures } from './learner-columns.ts'

/** Rows of a call: a learner takes them one by one, so that it is only a bound of how long a call takes. */
const BUCKET = 1024
const UNTRAINED = 'the learner has learnt nothing yet'

export interface AskedRows {
  readonly columns: readonly Float64Array[]
  readonly rows: number
  /** Where they come from, where that is known. */
  readonly from: RowPlaces | undefined
}

/** What is made of the answers of a learner. */
export interface Answers {
  readonly outputs: readonly OutputInfo[]
  /** Asks it for rows and writes what it answers. */
  readonly write: (learner: Learner, asked: AskedRows, into: OutputTable) => void
}

export interface LearntKind {
  readonly spec: RuntimeSpec
  /** As an error says it. */
  readonly kind: string
  readonly classes: number
  /** What the classes stand for, where that belongs to what it has learnt. */
  readonly actions?: readonly string[]
  readonly answers: (fresh: Learner) => Answers
}

/** @throws ModelError ML_MODEL where nothing makes the learner, or a feature is none that it takes. */
export function loadLearnt(
  bytes: Uint8Array,
  features: readonly FeatureInfo[],
  { spec, kind, classes, actions, answers }: LearntKind,
): LoadedModel {
  const { learner: factory, options } = spec
  if (factory === undefined)
    throw new ModelError(
      'ML_MODEL',
      `a runtime of kind ${kind} needs what makes its learner; found none; give it in the definition`,
    )
  const takes = takenFeatures(features, options)
  const names = takes.map(({ name }) => name)
  const make = (): Learner => factory.make({ features: takes.length, classes })
  const fresh = make()
  const of = answers(fresh)
  const fallback = parseFallback(options.fallback)
  checkFallback(fallback, of.outputs)
  const parts = {
    kind,
    make,
    digest: createHash('sha256').update(bytes).digest('hex'),
    learner: learnerDigest(fresh, names, actions),
    features: names,
    places: takes.map(({ name }) => features.findIndex((each) => each.name === name)),
    answers: of,
    fallback,
  }
  return new LearntModel(parts, fresh, false)
}

interface Parts {
  readonly kind: string
  readonly make: () => Learner
  readonly digest: string
  /** Digest of the learner as it begins, over these features. */
  readonly learner: string
  readonly features: readonly string[]
  /** Of each feature, its place among those of the model. */
  readonly places: readonly number[]
  readonly answers: Answers
  readonly fallback: Fallback | undefined
}

class LearntModel implements LoadedModel {
  readonly digest: string
  readonly features: readonly string[]
  readonly precision = 'float64'
  readonly outputs: readonly OutputInfo[]
  readonly path: string
  readonly bucket = BUCKET
  readonly #parts: Parts
  readonly #learner: Learner
  readonly #trained: boolean

  constructor(parts: Parts, learner: Learner, trained: boolean) {
    this.digest = parts.digest
    this.features = parts.features
    this.outputs = parts.answers.outputs
    this.path = `${parts.kind} ${learner.kind}`
    this.#parts = parts
    this.#learner = learner
    this.#trained = trained
  }

  get fallsBack(): boolean {
    return this.#parts.fallback !== undefined
  }

  get learner(): LoadedLearner {
    return { digest: this.#parts.learner, at: (snapshot) => this.#at(snapshot) }
  }

  #at(snapshot: Uint8Array): LoadedModel {
    const learner = this.#parts.make()
    learner.restore(snapshot)
    return new LearntModel(this.#parts, learner, true)
  }

  async score(features: readonly Column[], rows: number, from?: RowPlaces): Promise<Scored> {
    const { answers, fallback, places } = this.#parts
    if (!this.#trained && fallback !== undefined) return this.without(rows, UNTRAINED)
    const columns = learnerColumns(
      places.map((place) => features[place]),
      rows,
    )
    const outcomes = new RowOutcomes(rows)
    const table = new OutputTable(this.outputs, rows)
    answers.write(this.#learner, { columns, rows, from }, table)
    return outcomes.finish(table, this.outputs, fallback)
  }

  without(rows: number, reason: string): Scored {
    return unscored(rows, reason, { outputs: this.outputs, fallback: this.#parts.fallback })
  }

  async close(): Promise<void> {}
}
