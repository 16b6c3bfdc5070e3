// Log likelihoods of classes as probabilities, and the rows seen of each class.

/** What is added to a probability whose logarithm is taken, as in River. */
export const FLOOR = 1e-9

/** The log of the share of a class among the rows seen. */
export function logShare(counts: Float64Array, label: number): number {
  let all = 0
  for (let c = 0; c < counts.length; c++) all += counts[c]
  return Math.log(counts[label] / all)
}

/**
 * Turns the log likelihoods of the classes that were seen, at `out[at ...]`, into probabilities. A class never seen has 0, whatever stands
 * there; where none was seen all are 0.
 */
export function votesOf(counts: Float64Array, out: Float64Array, at: number): void {
  const classes = counts.length
  let greatest = -Infinity
  for (let c = 0; c < classes; c++) {
    if (counts[c] > 0 && out[at + c] > greatest) greatest = out[at + c]
  }
  let sum = 0
  for (let c = 0; c < classes; c++) {
    const vote = counts[c] > 0 ? Math.exp(out[at + c] - greatest) : 0
    out[at + c] = vote
    sum += vote
  }
  if (sum > 0) for (let c = 0; c < classes; c++) out[at + c] /= sum
}
