// A model that is a learner: what it predicts, as the fields of a prediction.
import type { Learner } from '../../contracts/learner.ts'
import type {
  FeatureInfo,
  LoadedModel,
  OutputInfo,
  Runtime,
  RuntimeSpec,
} from '../../contracts/runtime.ts'
import { learnerOutputs } from './learner-outputs.ts'
import { loadLearnt, type Answers } from './learnt-model.ts'

/**
 * The runtime of a learner (`spec.learner`). Options: `classes`, `inputs.features` (all), `outputs` by field, `fallback` (none), which is
 * predicted until there is a first snapshot. The bytes are these options as JSON.
 */
export function learnerRuntime(): Runtime {
  return { kind: 'learner', load: async (...all) => loadLearner(...all) }
}

function loadLearner(
  bytes: Uint8Array,
  features: readonly FeatureInfo[],
  spec: RuntimeSpec,
): LoadedModel {
  const { classes, outputs } = spec.options
  return loadLearnt(bytes, features, {
    spec,
    kind: 'learner',
    classes: typeof classes === 'number' ? classes : 2,
    answers: (fresh) => predictions(fresh, outputs),
  })
}

function predictions(fresh: Learner, wanted: unknown): Answers {
  const outputs = learnerOutputs(fresh, wanted)
  let given = new Float64Array(0)
  return {
    outputs: outputs.map(({ name, kind }): OutputInfo => ({ name, kind })),
    write: (learner, { columns, rows }, table) => {
      const width = learner.outputs
      if (given.length < rows * width) given = new Float64Array(rows * width)
      learner.predict({ columns, from: 0, to: rows }, given)
      if (learner.task === 'classes') equalWhereNone(given, rows, width)
      outputs.forEach(({ write }, output) => write(given, rows, { table, output }))
    },
  }
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
