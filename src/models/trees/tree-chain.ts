// Finds the one tree ensemble of a graph, and how each output that is fetched comes from it.
// A graph the kernel can take is: input -> [Cast | limit] -> ensemble -> [Sigmoid | Softmax | Cast | Identity]... -> [ArgMax]
import type { GraphProto, NodeProto } from '../onnx/gen/onnx-ml_pb.ts'
import type { InputTensor } from '../onnx/input-map.ts'
import { tensorKind } from '../onnx/tensor-kind.ts'
import { Attributes } from './attributes.ts'
import { leave, type Ensemble } from './ensemble.ts'
import { readEnsemble } from './read-ensemble.ts'
import { readTreeEnsemble } from './read-tree-ensemble.ts'
import { constantNumber, valueLimit, type GraphParts } from './value-limit.ts'
import type { NumberType } from './wasm-code.ts'

export type Step = 'Sigmoid' | 'Softmax' | 'float32' | 'float64'

/** A cast that labels alone can go through, and to their own type only. */
type LabelCast = 'int64' | 'string'

export interface ChainOutput {
  /** The label of the winning class, the scores, or the place of the greatest score, of equals the first. */
  readonly from: 'label' | 'scores' | 'greatest'
  /** What is done to the scores, in order. */
  readonly steps: readonly Step[]
}

export interface TreeChain {
  readonly ensemble: Ensemble
  readonly isClassifier: boolean
  /** The greatest magnitude of a value that is not taken for missing. */
  readonly limit: number
  /** Precision of what the operator gives. */
  readonly gives: NumberType
  readonly labels: readonly string[] | BigInt64Array<ArrayBuffer>
  readonly outputs: ReadonlyMap<string, ChainOutput>
}

const OPERATORS: ReadonlySet<string> = new Set([
  'TreeEnsembleRegressor',
  'TreeEnsembleClassifier',
  'TreeEnsemble',
])

export function hasTrees(graph: GraphProto): boolean {
  return graph.node.some(({ opType }) => OPERATORS.has(opType))
}

/**
 * @param fetched names of the outputs that are wanted; nodes that none of them needs are left out.
 * @throws NotATreeGraph with the reason why the kernel cannot take it.
 */
export function treeChain(
  graph: GraphProto,
  tensors: readonly InputTensor[],
  fetched: readonly string[],
): TreeChain {
  const producers = new Map(
    graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)),
  )
  const constants = new Map(graph.initializer.map((each) => [each.name, each]))
  const ways = fetched.map((name) => [name, wayTo(name, { producers, constants })] as const)
  const [first] = ways
  if (first === undefined || ways.some(([, way]) => way.node !== first[1].node))
    leave('its outputs come from several operators')
  const { node } = first[1]
  const [input] = tensors
  if (tensors.length !== 1) leave('it has several inputs')
  const { precision, limit } = wayIn(node, { producers, constants, input })
  const attributes = new Attributes(node)
  const isClassifier = node.opType === 'TreeEnsembleClassifier'
  const labels = labelsOf(attributes)
  const given = { precision, features: input.width }
  const ensemble =
    node.opType === 'TreeEnsemble'
      ? readTreeEnsemble(attributes, given)
      : isClassifier
        ? readEnsemble(attributes, labels.length, { ...given, prefix: 'class' })
        : readEnsemble(attributes, attributes.integer('n_targets', 1), {
            ...given,
            prefix: 'target',
          })
  return {
    ensemble,
    isClassifier,
    labels,
    limit,
    gives: node.opType === 'TreeEnsemble' ? precision : 'float32',
    outputs: new Map(ways.map(([name, way]) => [name, outputOf(way, isClassifier, labels)])),
  }
}

interface Way {
  readonly node: NodeProto
  /** Name of the ensemble's own output. */
  readonly of: string
  readonly steps: readonly (Step | LabelCast)[]
  /** Whether the place of the greatest is asked for, at the end. */
  readonly greatest: boolean
}

function wayTo(name: string, { producers, constants }: GraphParts): Way {
  const steps: (Step | LabelCast)[] = []
  let of = name
  let greatest = false
  // Nodes stand in topological order, so no more steps than nodes; a name twice would go round.
  for (let left = producers.size; left >= 0; left--) {
    const node = producers.get(of)
    if (node === undefined) leave(`the output ${name} comes from no tree ensemble`)
    if (OPERATORS.has(node.opType)) return { node, of, steps, greatest }
    if (node.opType === 'ArgMax' && of === name) greatest = isArgMaxOfRow(node)
    else {
      const step = stepOf(node, constants)
      if (step !== undefined) steps.unshift(step)
    }
    of = node.input[0]
  }
  return leave(`the output ${name} goes round`)
}

function isArgMaxOfRow(node: NodeProto): true {
  const attributes = new Attributes(node)
  const axis = attributes.integer('axis', 0)
  if (axis !== 1 && axis !== -1) leave(`an ArgMax over axis ${axis}`)
  if (attributes.integer('keepdims', 1) !== 0) leave('an ArgMax that keeps its dimension')
  if (attributes.integer('select_last_index', 0) !== 0) leave('an ArgMax that gives the last')
  return true
}

function stepOf(node: NodeProto, constants: GraphParts['constants']): Step | LabelCast | undefined {
  const attributes = new Attributes(node)
  switch (node.opType) {
    case 'Identity':
      return undefined
    case 'Mul':
      // How onnxmltools leaves a ZipMap out of a LightGBM classifier.
      return constantNumber(constants.get(node.input[1])) === 1
        ? undefined
        : leave('a Mul by something other than one')
    case 'Sigmoid':
      return 'Sigmoid'
    case 'Softmax': {
      const axis = attributes.integer('axis', -1)
      return axis === 1 || axis === -1 ? 'Softmax' : leave(`a Softmax over axis ${axis}`)
    }
    case 'Cast': {
      const kind = tensorKind(attributes.integer('to', 0))
      return kind === 'float32' || kind === 'float64' || kind === 'int64' || kind === 'string'
        ? kind
        : leave(`a Cast to ${kind ?? 'a type of its own'}`)
    }
    default:
      return leave(`the operator ${node.opType} follows the trees`)
  }
}

function outputOf(
  { node, of, steps, greatest }: Way,
  isClassifier: boolean,
  labels: TreeChain['labels'],
): ChainOutput {
  const own = labels instanceof BigInt64Array ? 'int64' : 'string'
  if (isClassifier && of !== node.output[1]) {
    if (greatest || steps.some((step) => step !== own)) leave('the label goes through an operator')
    return { from: 'label', steps: [] }
  }
  const taken = steps.map((step) =>
    step === 'int64' || step === 'string' ? leave(`a Cast of scores to ${step}`) : step,
  )
  return { from: greatest ? 'greatest' : 'scores', steps: taken }
}

interface Feeding extends GraphParts {
  readonly input: InputTensor
}

interface WayIn {
  /** What the trees read. */
  readonly precision: NumberType
  readonly limit: number
}

function wayIn(node: NodeProto, { producers, constants, input }: Feeding): WayIn {
  const limited = valueLimit(node.input[0], { producers, constants })
  if (limited?.of === input.name && (input.kind === 'float32' || input.kind === 'float64')) {
    if (input.tail.length !== 1) leave('the input is no table')
    return { precision: input.kind, limit: limited.limit }
  }
  const cast = producers.get(node.input[0])
  const kind = cast === undefined ? input.kind : tensorKind(new Attributes(cast).integer('to', 0))
  if (cast !== undefined && (cast.opType !== 'Cast' || cast.input[0] !== input.name))
    leave(`the operator ${cast.opType} comes before the trees`)
  if (cast === undefined && node.input[0] !== input.name) leave('the trees do not read the input')
  if (input.tail.length !== 1) leave('the input is no table')
  if (input.kind !== 'float32' && input.kind !== 'float64') leave(`the input is ${input.kind}`)
  return kind === 'float32' || kind === 'float64'
    ? { precision: kind, limit: Infinity }
    : leave(`the trees read ${kind ?? 'another type'}`)
}

function labelsOf(attributes: Attributes): TreeChain['labels'] {
  const texts = attributes.texts('classlabels_strings')
  return texts.length > 0 ? texts : BigInt64Array.from(attributes.bigints('classlabels_int64s'))
}
