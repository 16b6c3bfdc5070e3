// Makes an ONNX file, all in doubles, of what a learner knows.
import { createHash } from 'node:crypto'
import { DefinitionError } from '../../base/errors.ts'
import type { GraphRows } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT, type Learner, type LearnerTask } from '../../contracts/learner.ts'
import type { TrainingData } from '../../contracts/training-data.ts'
import { GraphBuilder } from './graph-builder.ts'
import { onnxFile, type Place } from './onnx-file.ts'

export interface ExportOptions {
  /** What the learner's columns are called, in its order: what a model of this file is given. */
  readonly features: readonly string[]
  /** Which examples it has learnt, first and last included, where that is known. */
  readonly learnt?: TrainingData['ranges']
}

const INPUT = 'features'
const OUTPUT: Readonly<Record<LearnerTask, string>> = {
  classes: 'probabilities',
  number: 'prediction',
  none: 'score',
  clusters: 'cluster',
}

/**
 * The file of a model that predicts as the learner does now, within 1e-9, values that are missing (NaN) included. Input: `features`,
 * [rows, features]. Outputs, of classes: `probabilities` [rows, classes] and `label` [rows], the first of the most probable; of a number:
 * `prediction` [rows, 1]; of an anomaly: `score` [rows, 1]. The same learner gives the same bytes.
 * @throws ModelError ML_MODEL, with the reason, where the learner cannot be said as a graph.
 * @throws DefinitionError ML_USAGE where the names are not as many as its features, or one stands twice.
 */
export function exportOnnx(
  learner: Learner,
  { features, learnt = [] }: ExportOptions,
): Uint8Array<ArrayBuffer> {
  checkNames(learner, features)
  const graph = new GraphBuilder()
  const written = learner.writeGraph(graph, givenRows(graph))
  const output = OUTPUT[learner.task]
  graph.output(written, output)
  const outputs: Place[] = [[output, 'double', learner.outputs]]
  if (learner.task === 'classes') {
    const label = graph.node('ArgMax', [{ name: output }], { axis: 1, keepdims: 0 })
    graph.output(label, 'label')
    outputs.push(['label', 'int64'])
  }
  const digest = createHash('sha256').update(learner.encode()).digest('hex')
  const said = { kind: learner.kind, digest, ...(learnt.length > 0 ? { learnt } : {}) }
  return onnxFile({
    nodes: graph.nodes,
    constants: graph.constants,
    inputs: [[INPUT, 'double', learner.features]],
    outputs,
    core: 21,
    ml: 5,
    ir: 10,
    metadata: {
      'millrace.features': JSON.stringify(features),
      'millrace.learner': JSON.stringify(said),
    },
  })
}

/** What is infinite or beyond the limit is missing, as a learner has it. */
function givenRows(graph: GraphBuilder): GraphRows {
  const input = { name: INPUT }
  const given = graph.node('Where', [
    graph.node('LessOrEqual', [graph.node('Abs', [input]), graph.doubles([VALUE_LIMIT], [])]),
    input,
    graph.doubles([Number.NaN], []),
  ])
  return {
    given,
    value: () => given,
    source: (column) => ({ column, at: (number) => number, missing: Number.NaN }),
  }
}

function checkNames({ kind, features }: Learner, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (names.length === features && twice === undefined && !names.includes('')) return
  throw new DefinitionError(
    `exportOnnx: expected the names of the ${features} features of '${kind}', each once, found ` +
      `${twice === undefined ? `${names.length}` : `'${twice}' twice`}; give them in the order of its columns`,
    { code: 'ML_USAGE' },
  )
}
