// Two samples counted into cells, none of which is too thin for the law of chi-square.

export interface Cells {
  readonly reference: Float64Array
  readonly window: Float64Array
}

/**
 * Edges between bins of about equal counts of the sorted reference, at most `bins` of them and fewer where values repeat, and of two more for
 * what is below and above all of it: without those, another constant would be the same constant.
 */
export function quantileEdges(sorted: Float64Array, bins: number): Float64Array {
  if (sorted.length === 0) return new Float64Array(0)
  const edges = [sorted[0]]
  for (let i = 1; i < bins; i++) {
    const edge = sorted[Math.floor((i * sorted.length) / bins)]
    if (edge > edges[edges.length - 1]) edges.push(edge)
  }
  edges.push(above(sorted[sorted.length - 1]))
  return Float64Array.from(edges)
}

/** The next double or the one after it. */
function above(value: number): number {
  return value + Math.max(Number.MIN_VALUE, Math.abs(value) * Number.EPSILON)
}

/** How many sorted values lie in each bin: below the first edge, from it on, and so on. */
export function countBins(sorted: Float64Array, edges: Float64Array): Float64Array {
  const counts = new Float64Array(edges.length + 1)
  let bin = 0
  for (const value of sorted) {
    while (bin < edges.length && value >= edges[bin]) bin++
    counts[bin]++
  }
  return counts
}

/**
 * Joins each thin bin to its neighbour.
 * @param expected fewest rows that chance would put into a cell of the smaller sample.
 */
export function joinBins(cells: Cells, expected: number): Cells {
  const least = leastPooled(cells, expected)
  const [reference, window]: [number[], number[]] = [[], []]
  let [a, b] = [0, 0]
  cells.reference.forEach((count, i) => {
    a += count
    b += cells.window[i]
    if (a + b < least) return
    reference.push(a)
    window.push(b)
    a = b = 0
  })
  if (reference.length === 0) return pack([a], [b])
  reference[reference.length - 1] += a
  window[window.length - 1] += b
  return pack(reference, window)
}

/** Joins all thin categories to one, and with them the smallest others until that one is not thin. */
export function joinCategories(cells: Cells, expected: number): Cells {
  const least = leastPooled(cells, expected)
  const pooled = (i: number): number => cells.reference[i] + cells.window[i]
  const order = Array.from(cells.reference, (_, i) => i).sort(
    (x, y) => pooled(x) - pooled(y) || x - y,
  )
  let [a, b, joined] = [0, 0, 0]
  while (joined < order.length && (pooled(order[joined]) < least || (a + b > 0 && a + b < least))) {
    a += cells.reference[order[joined]]
    b += cells.window[order[joined]]
    joined++
  }
  const rest = order.slice(joined).sort((x, y) => x - y)
  const thin = joined === 0 ? [] : [[a, b] as const]
  const all = [...rest.map((i) => [cells.reference[i], cells.window[i]] as const), ...thin]
  return pack(
    all.map(([reference]) => reference),
    all.map(([, window]) => window),
  )
}

function leastPooled({ reference, window }: Cells, expected: number): number {
  const [a, b] = [total(reference), total(window)]
  return (expected * (a + b)) / Math.min(a, b)
}

export function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function pack(reference: readonly number[], window: readonly number[]): Cells {
  return { reference: Float64Array.from(reference), window: Float64Array.from(window) }
}
