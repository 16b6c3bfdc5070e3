// A learner as a pipeline runs it and the file that is exported of it, over the same rows: the file goes through all gates a model of a pipeline goes through.
import type { NumberColumn, VectorColumn } from '../../src/contracts/columns.ts'
import type { Learner } from '../../src/contracts/learner.ts'
import { SCORED } from '../../src/contracts/runtime.ts'
import { equalWhereNone } from '../../src/models/learner/learner-runtime.ts'
import { exportOnnx } from '../../src/models/onnx/export-learner.ts'
import { onnxRuntime } from '../../src/models/onnx/onnx-runtime.ts'
import { numbers } from './columns.ts'
import { featuresOf, onnxSpec } from './fixture.ts'

export function namesOf({ features }: Learner): string[] {
  return Array.from({ length: features }, (_, i) => `x${i}`)
}

export interface Compared {
  /** Greatest distance between an output of the file and the learner's, as a share of the latter where that is beyond 1. */
  readonly apart: number
  /** Rows of which the file says another class; a class is the first of the greatest probability. */
  readonly otherLabels: number
  /** How the file ran. */
  readonly path: string
  readonly bytes: number
}

export async function compareExported(
  learner: Learner,
  columns: readonly Float64Array[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<Compared> {
  const rows = columns[0].length
  const expected = new Float64Array(rows * learner.outputs)
  learner.predict({ columns, from: 0, to: rows }, expected)
  if (learner.task === 'classes') equalWhereNone(expected, rows, learner.outputs)
  const bytes = exportOnnx(learner, { features: namesOf(learner) })
  const spec = onnxSpec({ missing: { '*': 'nan' }, ...options })
  const model = await onnxRuntime().load(bytes, featuresOf(namesOf(learner).join(' ')), spec)
  try {
    const { outputs, outcome } = await model.score(
      columns.map((column) => numbers([...column])),
      rows,
    )
    if (!outcome.every((each) => each === SCORED)) throw new Error('a row was not scored')
    const found = (outputs[0] as NumberColumn | VectorColumn).values
    let apart = 0
    expected.forEach((value, i) => {
      const distance = Math.abs(found[i] - value) / Math.max(1, Math.abs(value))
      // NaN is apart too.
      if (!(distance <= apart)) apart = distance
    })
    const labels = (outputs[1] as NumberColumn | undefined)?.values
    let otherLabels = 0
    for (let row = 0; labels !== undefined && row < rows; row++) {
      const own = expected.subarray(row * learner.outputs, (row + 1) * learner.outputs)
      if (labels[row] !== own.indexOf(Math.max(...own))) otherLabels++
    }
    return { apart, otherLabels, path: model.path, bytes: bytes.length }
  } finally {
    await model.close()
  }
}
