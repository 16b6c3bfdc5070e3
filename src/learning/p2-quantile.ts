// A quantile of all values so far, from five marks: no value is kept.

/** Numbers an estimate takes: values seen; heights, places and wanted places of the five marks. */
export const P2_STRIDE = 16
const HEIGHT = 1
const PLACE = 6
const WANTED = 11

/** Makes ready the estimate of quantile `q` that lies at `at`. */
export function p2Start(state: Float64Array, at: number, q: number): void {
  state.fill(0, at, at + P2_STRIDE)
  for (let i = 0; i < 5; i++) state[at + PLACE + i] = i + 1
  state[at + WANTED] = 1
  state[at + WANTED + 1] = 1 + 2 * q
  state[at + WANTED + 2] = 1 + 4 * q
  state[at + WANTED + 3] = 3 + 2 * q
  state[at + WANTED + 4] = 5
}

/**
 * P2 (Jain and Chlamtac, "The P2 Algorithm for Dynamic Calculation of Quantiles and Histograms Without Storing Observations", CACM 1985),
 * at the values of River 0.26. `x` is a finite number.
 */
export function p2Update(state: Float64Array, at: number, q: number, x: number): void {
  const seen = state[at]++
  const heights = at + HEIGHT
  if (seen < 5) {
    let i = heights + seen
    for (; i > heights && state[i - 1] > x; i--) state[i] = state[i - 1]
    state[i] = x
    return
  }
  const places = at + PLACE
  const wanted = at + WANTED
  let below = 0
  if (x < state[heights]) state[heights] = x
  else if (x >= state[heights + 4]) {
    state[heights + 4] = x
    below = 3
  } else while (x >= state[heights + below + 1]) below++
  for (let i = below + 1; i < 5; i++) state[places + i]++
  state[wanted + 1] += q / 2
  state[wanted + 2] += q
  state[wanted + 3] += (1 + q) / 2
  state[wanted + 4] += 1
  for (let i = 1; i < 4; i++) move(state, heights + i, places + i, state[wanted + i])
}

/** Moves an inner mark by one place towards where it should be, where there is room. */
function move(state: Float64Array, height: number, place: number, wanted: number): void {
  const own = state[place]
  const behind = own - state[place - 1]
  const ahead = state[place + 1] - own
  const apart = wanted - own
  const step = apart >= 1 && ahead > 1 ? 1 : apart <= -1 && behind > 1 ? -1 : 0
  if (step === 0) return
  const at = state[height]
  const less = state[height - 1]
  const more = state[height + 1]
  const curved =
    at +
    (step / (ahead + behind)) *
      (((behind + step) * (more - at)) / ahead + ((ahead - step) * (at - less)) / behind)
  state[height] =
    less < curved && curved < more
      ? curved
      : at + (step * (state[height + step] - at)) / (state[place + step] - own)
  state[place] = own + step
}

/** The estimate; NaN where nothing was seen. */
export function p2Value(state: Float64Array, at: number, q: number): number {
  const seen = state[at]
  if (seen > 5) return state[at + HEIGHT + 2]
  if (seen === 0) return Number.NaN
  return state[at + HEIGHT + Math.floor(Math.min(seen - 1, seen * q))]
}
