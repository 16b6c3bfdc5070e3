// A graph as a learner writes it, node by node: names are given in the order of writing, so that the same learner gives the same bytes.
import type {
  GraphForest,
  GraphTable,
  GraphValue,
  GraphWriter,
} from '../../contracts/graph-writer.ts'
import type { NodeText, Tensor } from './onnx-file.ts'
import { treeAttributes } from './tree-attributes.ts'

export class GraphBuilder implements GraphWriter {
  readonly nodes: NodeText[] = []
  readonly constants: Map<string, Tensor> = new Map()

  doubles(values: ArrayLike<number>, dims: readonly number[] = [values.length]): GraphValue {
    return this.#constant({ type: 'double', values, dims })
  }

  integers(values: ArrayLike<number>, dims: readonly number[] = [values.length]): GraphValue {
    return this.#constant({ type: 'int64', values, dims })
  }

  node(
    operator: string,
    inputs: readonly GraphValue[],
    attributes: Readonly<Record<string, number>> = {},
  ): GraphValue {
    return this.#node({ op: operator, inputs: inputs.map(({ name }) => name), attributes })
  }

  lookup(of: GraphValue, { keys, values, otherwise }: GraphTable): GraphValue {
    // The operator is not defined for a table without keys.
    const isEmpty = keys.length === 0
    const double = (list: ArrayLike<number>): Tensor => ({ type: 'double', values: list })
    return this.#node({
      op: 'LabelEncoder',
      domain: 'ai.onnx.ml',
      inputs: [of.name],
      attributes: {
        keys_tensor: double(isEmpty ? [0] : keys),
        values_tensor: double(isEmpty ? [otherwise] : values),
        default_tensor: double([otherwise]),
      },
    })
  }

  trees(rows: GraphValue, { targets, trees }: GraphForest): GraphValue {
    return this.#node({
      op: 'TreeEnsemble',
      domain: 'ai.onnx.ml',
      inputs: [rows.name],
      attributes: { n_targets: targets, ...treeAttributes(trees) },
    })
  }

  /** The operator that gives a value; undefined for what no node gives. */
  operatorOf({ name }: GraphValue): string | undefined {
    return this.nodes.find(({ outputs }) => outputs.includes(name))?.op
  }

  /** Gives a value the name of an output. */
  output(value: GraphValue, name: string): void {
    const at = this.nodes.findIndex(({ outputs }) => outputs.includes(value.name))
    const rename = (each: string): string => (each === value.name ? name : each)
    for (let i = at; i < this.nodes.length; i++) {
      const node = this.nodes[i]
      this.nodes[i] = {
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      }
    }
  }

  #node(node: Omit<NodeText, 'outputs'>): GraphValue {
    const name = `${node.op}_${this.nodes.length}`
    // The only operator of those that learners use that must have a second one.
    const others = node.op === 'TopK' ? [`${name}_places`] : []
    this.nodes.push({ ...node, outputs: [name, ...others] })
    return { name }
  }

  #constant(tensor: Tensor): GraphValue {
    const name = `constant_${this.constants.size}`
    this.constants.set(name, tensor)
    return { name }
  }
}
