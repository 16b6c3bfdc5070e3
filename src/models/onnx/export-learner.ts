// Makes an ONNX file, all in doubles, of what a learner knows.
import { createHash } from 'node:crypto'
import { DefinitionError } from '../../base/errors.ts'
import type { GraphRows, GraphValue } from '../../contracts/graph-writer.ts'
import { VALUE_LIMIT, type Learner, type LearnerTask } from '../../contracts/learner.ts'
import { GraphBuilder } from './graph-builder.ts'
import { onnxFile, type Place } from './onnx-file.ts'

export interface ExportOptions {
  /** What the learner's columns are called, in its order: what a model of this file is given. */
  readonly features: readonly string[]
  /** Where the learner comes from, said in the metadata behind its kind and its digest. */
  readonly origin?: LearnerOrigin
}

/** What a learner knew when it was taken from a log. */
export interface LearnerOrigin {
  readonly pipeline: string
  readonly model: string
  /** The snapshot of it, as receipts name it. */
  readonly snapshot: number
  /** How many examples it had learnt. */
  readonly examples: number
}

const INPUT = 'features'
const OUTPUT: Readonly<Record<LearnerTask, string>> = {
  classes: 'probabilities',
  number: 'value',
  none: 'score',
  clusters: 'cluster',
  rewards: 'action',
}

/**
 * The file of a model that predicts as the learner does in a pipeline now, within 1e-9, values that are missing (NaN) included: equal
 * probabilities where it cannot say anything. Input: `features`, [rows, features]. Outputs, of classes: `probabilities` [rows, classes] and `label` [rows], the first of the most probable; of a number:
 * `value` [rows, 1]; of an anomaly: `score`; of a cluster: `cluster`. The metadata `millrace.features` has the names, `millrace.learner` the
 * kind, the digest of what it knows, and the origin. The same learner gives the same bytes.
 * @throws ModelError ML_MODEL, with the reason, where the learner cannot be said as a graph.
 * @throws DefinitionError ML_USAGE where the names are not as many as its features, or one stands twice.
 */
export function exportOnnx(
  learner: Learner,
  { features, origin }: ExportOptions,
): Uint8Array<ArrayBuffer> {
  checkNames(learner, features)
  const graph = new GraphBuilder()
  const given = learner.writeGraph(graph, givenRows(graph))
  const written = learner.task === 'classes' ? equalWhereNone(graph, given, learner.outputs) : given
  const output = OUTPUT[learner.task]
  graph.output(written, output)
  const outputs: Place[] = [[output, 'double', learner.outputs]]
  if (learner.task === 'classes') {
    const label = graph.node('ArgMax', [{ name: output }], { axis: 1, keepdims: 0 })
    graph.output(label, 'label')
    outputs.push(['label', 'int64'])
  }
  const digest = createHash('sha256').update(learner.encode()).digest('hex')
  const said = { kind: learner.kind, digest, ...origin }
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

/** As `LearnerModel` does. Each leaf of trees that are one ensemble has seen something, and nothing may stand behind them. */
function equalWhereNone(graph: GraphBuilder, given: GraphValue, classes: number): GraphValue {
  if (graph.operatorOf(given) === 'TreeEnsemble') return given
  const sum = graph.node('ReduceSum', [given, graph.integers([1])])
  const says = graph.node('Greater', [sum, graph.doubles([0], [])])
  return graph.node('Where', [says, given, graph.doubles([1 / classes], [])])
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
