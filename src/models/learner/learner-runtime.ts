// A model that is a learner: as it begins, and as a snapshot has it. What it has learnt is the engine's to keep.
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
  Runtime,
  RuntimeSpec,
  Scored,
} from '../../contracts/runtime.ts'
import { checkFallback, parseFallback, type Fallback } from '../fallback.ts'
import { OutputTable } from '../output-table.ts'
import { RowOutcomes, unscored } from '../row-outcomes.ts'
import { learnerOutputs, type LearnerOutput } from './learner-outputs.ts'
import { learnerColumns, takenFeatures } from './learner-columns.ts'

/** Rows of a call: a learner takes them one by one, so that it is only a bound of how long a call takes. */
const BUCKET = 1024

export const UNTRAINED = 'the learner has learnt nothing yet'

/**
 * The runtime of a learner (`spec.learner`). Options: `classes`, `inputs.features` (all), `outputs` by field, `fallback` (none), which is
 * predicted until there is a first snapshot. The bytes are these
 * options as JSON.
 */
export function learnerRuntime(): Runtime {
  return { kind: 'learner', load: async (...all) => loadLearner(...all) }
}

function loadLearner(
  bytes: Uint8Array,
  features: readonly FeatureInfo[],
  spec: RuntimeSpec,
): LoadedModel {
  const { learner: factory, options } = spec
  if (factory === undefined)
    throw new ModelError(
      'ML_MODEL',
      'a runtime of kind learner needs what makes its learner; found none; give it in the definition',
    )
  const takes = takenFeatures(features, options)
  const classes = typeof options.classes === 'number' ? options.classes : 2
  const names = takes.map(({ name }) => name)
  const make = (): Learner => factory.make({ features: takes.length, classes })
  const fresh = make()
  const outputs = learnerOutputs(fresh, options.outputs)
  const infos = outputs.map(({ name, kind }): OutputInfo => ({ name, kind }))
  const fallback = parseFallback(options.fallback)
  checkFallback(fallback, infos)
  const parts = {
    make,
    digest: createHash('sha256').update(bytes).digest('hex'),
    learner: learnerDigest(fresh, names),
    features: names,
    places: takes.map(({ name }) => features.findIndex((each) => each.name === name)),
    infos,
    outputs,
    fallback,
  }
  return new LearnerModel(parts, fresh, false)
}

interface LearnerParts {
  readonly make: () => Learner
  readonly digest: string
  /** Digest of the learner as it begins, over these features. */
  readonly learner: string
  readonly features: readonly string[]
  /** Of each feature, its place among those of the model. */
  readonly places: readonly number[]
  readonly infos: readonly OutputInfo[]
  readonly outputs: readonly LearnerOutput[]
  readonly fallback: Fallback | undefined
}

class LearnerModel implements LoadedModel {
  readonly digest: string
  readonly features: readonly string[]
  readonly precision = 'float64'
  readonly outputs: readonly OutputInfo[]
  readonly path: string
  readonly bucket = BUCKET
  readonly #parts: LearnerParts
  readonly #learner: Learner
  readonly #trained: boolean
  #given = new Float64Array(0)

  constructor(parts: LearnerParts, learner: Learner, trained: boolean) {
    this.digest = parts.digest
    this.features = parts.features
    this.outputs = parts.infos
    this.path = `learner ${learner.kind}`
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
    return new LearnerModel(this.#parts, learner, true)
  }

  async score(features: readonly Column[], rows: number): Promise<Scored> {
    const { outputs, infos, fallback, places } = this.#parts
    if (!this.#trained && fallback !== undefined) return this.without(rows, UNTRAINED)
    const learner = this.#learner
    const width = learner.outputs
    if (this.#given.length < rows * width) this.#given = new Float64Array(rows * width)
    const given = this.#given
    const columns = learnerColumns(
      places.map((place) => features[place]),
      rows,
    )
    learner.predict({ columns, from: 0, to: rows }, given)
    const outcomes = new RowOutcomes(rows)
    const table = new OutputTable(infos, rows)
    if (learner.task === 'classes') equalWhereNone(given, rows, width)
    outputs.forEach(({ write }, output) => write(given, rows, { table, output }))
    return outcomes.finish(table, infos, fallback)
  }

  without(rows: number, reason: string): Scored {
    return unscored(rows, reason, { outputs: this.outputs, fallback: this.#parts.fallback })
  }

  async close(): Promise<void> {}
}

/** A learner that cannot say anything of a row gives all classes 0: then they are equal, as in the file it is exported to. */
export function equalWhereNone(given: Float64Array, rows: number, classes: number): void {
  for (let row = 0; row < rows; row++) {
    const at = row * classes
    let sum = 0
    for (let c = 0; c < classes; c++) sum += given[at + c]
    if (sum === 0) given.fill(1 / classes, at, at + classes)
  }
}
