// Many features are judged at once: a few would look changed by chance.

/**
 * p-values adjusted so that, of those at or below a rate, at most that share is false, as a mean (Benjamini and Hochberg, "Controlling the
 * false discovery rate", 1995): each becomes the least of p(k) * count / k over the ranks k from its own up.
 */
export function adjustedPValues(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[b] - pValues[a] || b - a)
  const adjusted = new Array<number>(pValues.length).fill(1)
  let least = 1
  order.forEach((place, i) => {
    least = Math.min(least, (pValues[place] * pValues.length) / (pValues.length - i))
    adjusted[place] = least
  })
  return adjusted
}
