// Rows whose nominal features hold their values or nothing.
import type { GraphRows, GraphWriter } from '../../contracts/graph-writer.ts'
import type { LeafView, TreeView } from '../learners/tree/tree-view.ts'
import { preparedRows } from './prepared-rows.ts'

/** How many values each nominal feature has that the trees ask for. */
export function nominalFeatures(views: readonly TreeView<LeafView>[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  const visit = (view: TreeView<LeafView>): void => {
    if (!('leaf' in view)) {
      if (view.values !== undefined) found.set(view.feature, view.values)
      visit(view.left)
      visit(view.right)
      return
    }
    for (const { nominals } of view.leaf.bayes ?? []) {
      for (const { feature, logs } of nominals) found.set(feature, logs.length)
    }
  }
  for (const view of views) visit(view)
  return found
}

/** NaN in the place of what is none of the values 0, 1, 2 ... of a nominal feature. */
export function nominalRows(
  graph: GraphWriter,
  rows: GraphRows,
  { features, values }: { readonly features: number; readonly values: ReadonlyMap<number, number> },
): GraphRows {
  if (values.size === 0) return rows
  const build = (): ReturnType<GraphRows['value']> => {
    const given = rows.value()
    const ends = Array.from({ length: features }, (_, i) => values.get(i) ?? Infinity)
    const isNumber = graph.node('Equal', [
      graph.doubles(ends.map((end) => (end === Infinity ? 0 : 1))),
      graph.doubles([0], []),
    ])
    const isWhole = graph.node('Equal', [graph.node('Floor', [given]), given])
    const isAbove = graph.node('GreaterOrEqual', [given, graph.doubles([0], [])])
    const isBelow = graph.node('Less', [given, graph.doubles(ends)])
    const within = graph.node('And', [isWhole, graph.node('And', [isAbove, isBelow])])
    const isValue = graph.node('Or', [isNumber, within])
    return graph.node('Where', [isValue, given, graph.doubles([Number.NaN], [])])
  }
  return preparedRows(rows, build, (column) =>
    values.has(column) ? undefined : { column, at: (value) => value, missing: Number.NaN },
  )
}
