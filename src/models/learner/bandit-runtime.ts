// A model that is a bandit: which action it chooses for a row, and how likely that was.
import { ModelError } from '../../base/errors.ts'
import { placeDraw } from '../../base/place-draw.ts'
import type {
  FeatureInfo,
  LoadedModel,
  OutputInfo,
  Runtime,
  RuntimeSpec,
} from '../../contracts/runtime.ts'
import { loadLearnt, type Answers } from './learnt-model.ts'

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
  spec: RuntimeSpec,
): LoadedModel {
  const { actions, seed = 1 } = spec.options
  if (!Array.isArray(actions) || actions.length < 2)
    throw new ModelError(
      'ML_MODEL',
      `a runtime of kind bandit needs two actions or more; found ${Array.isArray(actions) ? actions.length : 'none'}; give them in the definition`,
    )
  const texts = actions.map(String)
  return loadLearnt(bytes, features, {
    spec,
    kind: 'bandit',
    classes: texts.length,
    actions: texts,
    answers: () => choices(texts, Number(seed)),
  })
}

/** A draw belongs to the place of its row, so that the same row is given the same action again. */
function choices(actions: readonly string[], seed: number): Answers {
  let draws = new Float64Array(0)
  let given = new Float64Array(0)
  return {
    outputs: OUTPUTS,
    write: (bandit, { columns, rows, from }, table) => {
      if (from === undefined)
        throw new ModelError(
          'ML_MODEL',
          'a bandit chooses by the place of a row in its source; found rows without one; give partitions and offsets',
        )
      if (draws.length < rows) {
        draws = new Float64Array(rows)
        given = new Float64Array(rows * 2)
      }
      for (let row = 0; row < rows; row++)
        draws[row] = placeDraw(seed, from.partitions[row], from.offsets[row])
      bandit.predict({ columns, from: 0, to: rows, draws }, given)
      for (let row = 0; row < rows; row++) {
        table.text(ACTION, row, actions[given[row * 2]])
        table.number(PROPENSITY, row, given[row * 2 + 1])
      }
    },
  }
}
