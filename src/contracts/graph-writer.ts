// How a learner writes down what it predicts: as nodes of a graph that runs without it. Who makes a file of the graph implements the
// writer; a learner sees no format.

/** A value of the graph: what a node gives, a constant, or the rows. Numbers are doubles but where it is said otherwise. */
export interface GraphValue {
  readonly name: string
}

export interface GraphWriter {
  /** A constant, its values in the order of rows. Default of `dims`: a list; `[]` is one number. */
  doubles(values: ArrayLike<number>, dims?: readonly number[]): GraphValue
  /** A constant of 64-bit whole numbers. */
  integers(values: ArrayLike<number>, dims?: readonly number[]): GraphValue
  /** What an operator of ONNX (opset 21) gives: its first output. */
  node(
    operator: string,
    inputs: readonly GraphValue[],
    attributes?: Readonly<Record<string, number>>,
  ): GraphValue
  /** For each value what stands for its key in the table, by equality of numbers (-0 is 0); NaN is no key. */
  lookup(values: GraphValue, table: GraphTable): GraphValue
  /** The sums of trees over the columns of `rows`: [rows, targets]. */
  trees(rows: GraphValue, forest: GraphForest): GraphValue
}

export interface GraphTable {
  /** Each once. */
  readonly keys: ArrayLike<number>
  /** One a key. */
  readonly values: ArrayLike<number>
  /** Of what is no key. */
  readonly otherwise: number
}

export interface GraphForest {
  readonly targets: number
  /** Each adds the weight of one of its leaves to its target. */
  readonly trees: readonly { readonly root: GraphTree; readonly target: number }[]
}

export type GraphTree = GraphSplit | GraphLeaf

/** A row goes to `yes` where its value is at most the threshold. */
export interface GraphSplit {
  readonly feature: number
  readonly threshold: number
  /** Whether only a value that is the threshold goes to `yes`. Default false. */
  readonly equal?: boolean
  /** Where a missing value goes. */
  readonly missingIsYes: boolean
  readonly yes: GraphTree
  readonly no: GraphTree
}

export interface GraphLeaf {
  readonly weight: number
}

/** Rows on their way through preparations to a learner. */
export interface GraphRows {
  /** As they were given, before any preparation: [rows, columns], NaN for a value that is missing, all others within `VALUE_LIMIT`. */
  readonly given: GraphValue
  /** As they are here, of the same kind. Nodes are written by the first call. */
  value(): GraphValue
  /**
   * The given column that a column comes from, and its value here for one there, which never falls while that rises; undefined where it
   * comes from no single one. So a threshold here can be said of the given column.
   */
  source(column: number): GraphSource | undefined
}

export interface GraphSource {
  readonly column: number
  at(given: number): number
  /** What stands here for a value that is missing there: NaN where it stays missing. */
  readonly missing: number
}
