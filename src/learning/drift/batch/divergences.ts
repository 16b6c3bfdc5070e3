// Distances between two samples in cells, each with its chance by the law of chi-square at the sizes of these samples.
import { total, type Cells } from './cells.ts'
import { chiSquareTail } from './laws.ts'
import type { Comparison } from './samples.ts'

/**
 * Pearson's test that two samples are of one law (1900). The effect is Cramer's V, 0 to 1: the root of the statistic as a share of the greatest one.
 */
export function chiSquareTest(cells: Cells): Comparison & { readonly statistic: number } {
  const { reference, window } = cells
  const [n, m] = [total(reference), total(window)]
  let statistic = 0
  reference.forEach((count, i) => {
    const pooled = count + window[i]
    if (pooled > 0) statistic += (count * m - window[i] * n) ** 2 / (n * m * pooled)
  })
  return {
    statistic,
    effect: Math.sqrt(statistic / (n + m)),
    pValue: chiSquareTail(statistic, reference.length - 1),
  }
}

/**
 * Population stability index: the sum of (p - q) ln(p / q), an empty cell counted as half a row. Without a change it is about (1/n + 1/m)
 * times chi-square (Yurdakul and Naranjo, "Statistical properties of the population stability index", Journal of Risk Model Validation 14, 2020),
 * so that no fixed threshold, 0.1 or 0.25, means the same at two sizes.
 */
export function stabilityTest(cells: Cells): Comparison {
  const { n, m, p, q } = shares(cells)
  const effect = p.reduce((sum, share, i) => sum + (share - q[i]) * Math.log(share / q[i]), 0)
  return { effect, pValue: chiSquareTail((effect * n * m) / (n + m), p.length - 1) }
}

/**
 * Jensen-Shannon distance, 0 to 0.83: the root of the divergence with natural logarithms (Lin, 1991; Endres and Schindelin, 2003). Without a
 * change, 8 n m / (n + m) times the divergence is about chi-square (Grosse and others, "Analysis of symbolic sequences using the
 * Jensen-Shannon divergence", Physical Review E 65, 2002, with equal weights).
 */
export function jensenShannonTest(cells: Cells): Comparison {
  const { n, m, p, q } = shares(cells)
  const divergence = p.reduce((sum, share, i) => {
    const middle = (share + q[i]) / 2
    return sum + (share * Math.log(share / middle) + q[i] * Math.log(q[i] / middle)) / 2
  }, 0)
  const chi = (8 * divergence * n * m) / (n + m)
  return { effect: Math.sqrt(Math.max(0, divergence)), pValue: chiSquareTail(chi, p.length - 1) }
}

interface Shares {
  readonly n: number
  readonly m: number
  readonly p: Float64Array
  readonly q: Float64Array
}

function shares({ reference, window }: Cells): Shares {
  const filled = (counts: Float64Array): Float64Array => {
    const some = counts.map((count) => (count === 0 ? 0.5 : count))
    return some.map((count) => count / total(some))
  }
  return { n: total(reference), m: total(window), p: filled(reference), q: filled(window) }
}
