// One of many numbers by its rank, without sorting them.

/** The place, from 0, of the least number that a share `q` of `count` numbers do not exceed. */
export function nearestRank(q: number, count: number): number {
  return Math.max(0, Math.ceil(q * count) - 1)
}

/**
 * The number that would stand at `rank` if `values[0 .. count)` were sorted; they are moved about.
 * Quickselect with the middle one of three as its pivot (Hoare, "Algorithm 65: Find", CACM 4, 1961; Singleton, CACM 12, 1969).
 */
export function selected(values: Float64Array, count: number, rank: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >>> 1], values[high])
    let i = low
    let j = high
    while (i <= j) {
      while (values[i] < pivot) i++
      while (values[j] > pivot) j--
      if (i > j) break
      const value = values[i]
      values[i++] = values[j]
      values[j--] = value
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return values[rank]
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
