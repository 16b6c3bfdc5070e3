/** A score, and whether it was fraud. */
export interface Judged {
  readonly score: number
  readonly fraud: boolean
}

/** The precision at each threshold, weighted by the recall gained there; equal scores are one threshold. NaN where none is fraud. */
export function averagePrecision(rows: readonly Judged[]): number {
  const sorted = [...rows].sort((a, b) => b.score - a.score)
  const all = sorted.filter(({ fraud }) => fraud).length
  let [hits, before, sum] = [0, 0, 0]
  sorted.forEach(({ score, fraud }, i) => {
    if (fraud) hits++
    if (sorted.at(i + 1)?.score === score) return
    sum += (hits - before) * (hits / (i + 1))
    before = hits
  })
  return sum / all
}
