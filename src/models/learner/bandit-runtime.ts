// A model that is a bandit: as it begins, and as a snapshot has it. What it has learnt is the engine's to keep.
import { createHash } from 'node:crypto'
import { ModelError } from '../../base/errors.ts'
import { placeDraw } from '../../base/place-draw.ts'
import type { Column } from '../../contracts/columns.ts'
import { learnerDigest } from '../../contracts/learner-digest.ts'
import type { Learner } from '../../contracts/learner.ts'
import type {
  FeatureInfo,
  LoadedLearner,
  LoadedModel,
  OutputInfo,
  RowPlaces,
  Runtime,
  RuntimeSpec,
  Scored,
} from '../../contracts/runtime.ts'
import { checkFallback, parseFallback, type Fallback } from '../fallback.ts'
import { OutputTable } from '../output-table.ts'
import { RowOutcomes, unscored } from '../row-outcomes.ts'
import { learnerColumns, takenFeatures } from './learner-columns.ts'
import { UNTRAINED } from './learner-runtime.ts'

/** Rows of a call: it takes them one by one, so that it is only a bound of how long a call takes. */
const BUCKET = 1024

const ACTION = 0
const PROPENSITY = 1
const OUTPUTS: readonly OutputInfo[] = [
  { name: 'action', kind: 'string' },
  { name: 'propensity', kind: 'number' },
]

/**
 * The runtime of a bandit (`spec.learner`). Options: `actions`, `seed`, `inputs.features` (all), `fallback` (none), which is chosen until
 * there is a first snapshot. The bytes are these options as JSON.
 */
export function banditRuntime(): Runtime {
  return { kind: 'bandit', load: async (...all) => loadBandit(...all) }
}

function loadBandit(
  bytes: Uint8Array,
  features: readonly FeatureInfo[],
  { learner: factory, options }: RuntimeSpec,
): LoadedModel {
  const actions: readonly unknown[] = Array.isArray(options.actions) ? options.actions : []
  if (factory === undefined || actions.length < 2)
    throw new ModelError(
      'ML_MODEL',
      'a runtime of kind bandit needs what makes it, and its actions; found none; give both in the definition',
    )
  const takes = takenFeatures(features, options)
  const names = takes.map(({ name }) => name)
  const make = (): Learner => factory.make({ features: takes.length, classes: actions.length })
  const fresh = make()
  const fallback = parseFallback(options.fallback)
  checkFallback(fallback, OUTPUTS)
  const texts = actions.map(String)
  const parts = {
    make,
    digest: createHash('sha256').update(bytes).digest('hex'),
    learner: learnerDigest(fresh, names, texts),
    features: names,
    places: takes.map(({ name }) => features.findIndex((each) => each.name === name)),
    actions: texts,
    seed: Number(options.seed ?? 1),
    fallback,
  }
  return new BanditModel(parts, fresh, false)
}

interface BanditParts {
  readonly make: () => Learner
  readonly digest: string
  /** Digest of the bandit as it begins, over these features and actions. */
  readonly learner: string
  readonly features: readonly string[]
  /** Of each feature, its place among those of the model. */
  readonly places: readonly number[]
  readonly actions: readonly string[]
  readonly seed: number
  readonly fallback: Fallback | undefined
}

class BanditModel implements LoadedModel {
  readonly digest: string
  readonly features: readonly string[]
  readonly precision = 'float64'
  readonly outputs = OUTPUTS
  readonly path: string
  readonly bucket = BUCKET
  readonly #parts: BanditParts
  readonly #bandit: Learner
  readonly #trained: boolean
  #draws = new Float64Array(0)
  #given = new Float64Array(0)

  constructor(parts: BanditParts, bandit: Learner, trained: boolean) {
    this.digest = parts.digest
    this.features = parts.features
    this.path = `bandit ${bandit.kind}`
    this.#parts = parts
    this.#bandit = bandit
    this.#trained = trained
  }

  get fallsBack(): boolean {
    return this.#parts.fallback !== undefined
  }

  get learner(): LoadedLearner {
    return { digest: this.#parts.learner, at: (snapshot) => this.#at(snapshot) }
  }

  #at(snapshot: Uint8Array): LoadedModel {
    const bandit = this.#parts.make()
    bandit.restore(snapshot)
    return new BanditModel(this.#parts, bandit, true)
  }

  async score(features: readonly Column[], rows: number, from?: RowPlaces): Promise<Scored> {
    const { actions, fallback, places, seed } = this.#parts
    if (!this.#trained && fallback !== undefined) return this.without(rows, UNTRAINED)
    if (from === undefined)
      throw new ModelError(
        'ML_MODEL',
        'a bandit chooses by the place of a row in its source; found rows without one; give partitions and offsets',
      )
    if (this.#draws.length < rows) {
      this.#draws = new Float64Array(rows)
      this.#given = new Float64Array(rows * 2)
    }
    const draws = this.#draws
    const given = this.#given
    for (let row = 0; row < rows; row++)
      draws[row] = placeDraw(seed, from.partitions[row], from.offsets[row])
    const columns = learnerColumns(
      places.map((place) => features[place]),
      rows,
    )
    this.#bandit.predict({ columns, from: 0, to: rows, draws }, given)
    const outcomes = new RowOutcomes(rows)
    const table = new OutputTable(OUTPUTS, rows)
    for (let row = 0; row < rows; row++) {
      table.text(ACTION, row, actions[given[row * 2]])
      table.number(PROPENSITY, row, given[row * 2 + 1])
    }
    return outcomes.finish(table, OUTPUTS, fallback)
  }

  without(rows: number, reason: string): Scored {
    return unscored(rows, reason, { outputs: OUTPUTS, fallback: this.#parts.fallback })
  }

  async close(): Promise<void> {}
}
