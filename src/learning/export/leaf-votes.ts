// What the leaves say that rows came to, each by its shares of the classes or by naive Bayes, from tables that a graph gathers from.
import type { GraphValue, GraphWriter } from '../../contracts/graph-writer.ts'
import { columnsAt, filled } from './columns.ts'
import { NO_VOTE, type BayesView, type LeafView } from '../learners/tree/tree-view.ts'
import { LEAST_VOTE } from '../learners/tree/gaussian-observer.ts'

export interface LeafTables {
  /** [rows, features], NaN for a missing value. */
  readonly rows: GraphValue
  /** [rows, voters], doubles: the place in `leaves` of the leaf that a row came to. */
  readonly places: GraphValue
  readonly leaves: readonly LeafView[]
  readonly features: number
  readonly classes: number
}

/** [rows, voters, classes]. */
export function leafVotes(graph: GraphWriter, tables: LeafTables): GraphValue {
  const { places, leaves, classes } = tables
  const place = graph.node('Cast', [places], { to: INT64 })
  const shares = graph.doubles(
    leaves.flatMap((leaf) => [...leaf.shares]),
    [leaves.length, classes],
  )
  const byShare = graph.node('Gather', [shares, place], { axis: 0 })
  const votes = bayesLogs(graph, tables, place)
  const greatest = graph.node('ReduceMax', [votes, graph.integers([2])])
  const powers = graph.node('Exp', [graph.node('Sub', [votes, greatest])])
  const byBayes = graph.node('Div', [
    powers,
    graph.node('ReduceSum', [powers, graph.integers([2])]),
  ])
  // Without naive Bayes, and so far from all that was seen that no class has a density, the shares speak.
  const speaks = graph.node('Greater', [greatest, graph.doubles([LEAST_VOTE], [])])
  return graph.node('Where', [speaks, byBayes, byShare])
}

/** An element type of ONNX. */
const INT64 = 7

/** [rows, voters, classes]: ln of share times densities; -Infinity for all classes of a leaf that does not answer by them. */
function bayesLogs(graph: GraphWriter, tables: LeafTables, place: GraphValue): GraphValue {
  const { rows, leaves, features, classes } = tables
  const none = Array.from({ length: classes }, () => NO_VOTE)
  const known = leaves.flatMap(({ bayes }) => (bayes === undefined ? [] : [bayes]))
  // Leaves that have no naive Bayes share one entry, the first.
  let at = 0
  const entry = graph.integers(leaves.map(({ bayes }) => (bayes === undefined ? 0 : ++at)))
  const entries = [none, ...known]
  const own = graph.node('Gather', [entry, place], { axis: 0 })
  const gathered = (values: Float64Array, dims: readonly number[]): GraphValue =>
    graph.node('Gather', [graph.doubles(values, [entries.length, ...dims]), own], { axis: 0 })
  const densities = (of: 'mean' | 'inverse' | 'scale'): GraphValue => {
    const table = new Float64Array(entries.length * classes * features)
    entries.forEach((views, i) =>
      views.forEach((view, c) => {
        for (const density of view.densities) {
          table[(i * classes + c) * features + density.feature] = density[of]
        }
      }),
    )
    return gathered(table, [classes, features])
  }
  const priors = gathered(
    Float64Array.from(entries.flatMap((views) => views.map(({ prior }) => prior))),
    [classes],
  )
  // [rows, voters, classes, features]. A feature that says nothing in a class has an inverse and a scale of 0 there.
  const x = graph.node('Unsqueeze', [rows, graph.integers([1, 2])])
  const distance = graph.node('Sub', [x, densities('mean')])
  const square = graph.node('Neg', [graph.node('Mul', [distance, distance])])
  const log = graph.node('Sub', [
    graph.node('Mul', [square, densities('inverse')]),
    densities('scale'),
  ])
  const missing = graph.node('IsNaN', [x])
  const terms = graph.node('Where', [missing, graph.doubles([0], []), log])
  const sums = graph.node('ReduceSum', [terms, graph.integers([3])], { keepdims: 0 })
  const votes = graph.node('Add', [priors, sums])
  return nominalVotes(graph, { rows, entries, own, classes }).reduce(
    (sum, part) => graph.node('Add', [sum, part]),
    votes,
  )
}

interface Entries {
  readonly rows: GraphValue
  /** Of each the classes. */
  readonly entries: readonly (readonly BayesView[])[]
  /** [rows, voters]: which of them. */
  readonly own: GraphValue
  readonly classes: number
}

/** [rows, voters, classes] of each nominal feature. */
function nominalVotes(graph: GraphWriter, { rows, entries, own, classes }: Entries): GraphValue[] {
  const widths = new Map<number, number>()
  for (const { feature, logs } of entries.flat().flatMap(({ nominals }) => nominals)) {
    widths.set(feature, logs.length)
  }
  return [...widths].map(([feature, values]) => {
    // Of an entry a line for each value, and one of zeros for what is missing.
    const lines = values + 1
    const table = new Float64Array(entries.length * lines * classes)
    entries.forEach((views, i) =>
      views.forEach(({ nominals }, c) => {
        const found = nominals.find((each) => each.feature === feature)
        found?.logs.forEach((log, value) => {
          table[(i * lines + value) * classes + c] = log
        })
      }),
    )
    const value = filled(graph, columnsAt(graph, rows, [feature]), [values])
    const line = graph.node('Cast', [value], { to: INT64 })
    const first = graph.node('Mul', [own, graph.integers([lines], [])])
    const logs = graph.doubles(table, [entries.length * lines, classes])
    return graph.node('Gather', [logs, graph.node('Add', [first, line])], { axis: 0 })
  })
}
