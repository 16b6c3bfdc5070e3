// Weight, mean and spread of numbers, in three doubles of a long array: what regression trees know of their targets.

export const COUNT = 0
export const MEAN = 1
/** Sum of squared distances from the mean. */
export const SPREAD = 2
export const MOMENTS = 3

/** Welford's update with a weight, as River does it. */
export function addValue(to: Float64Array, at: number, value: number, weight: number): void {
  const total = to[at + COUNT] + weight
  const before = to[at + MEAN]
  const mean = before + (weight / total) * (value - before)
  to[at + COUNT] = total
  to[at + MEAN] = mean
  to[at + SPREAD] += weight * (value - before) * (value - mean)
}

/** Adds what others know (Chan, Golub and LeVeque, 1983). */
export function addMoments(
  to: Float64Array,
  at: number,
  other: Float64Array,
  otherAt: number,
): void {
  const own = to[at + COUNT]
  const more = other[otherAt + COUNT]
  const total = own + more
  if (total === 0) return
  const apart = to[at + MEAN] - other[otherAt + MEAN]
  to[at + SPREAD] = to[at + SPREAD] + other[otherAt + SPREAD] + (apart * apart * own * more) / total
  to[at + COUNT] = total
  to[at + MEAN] = (own * to[at + MEAN] + more * other[otherAt + MEAN]) / total
}

/** Takes away what others know, as River does it: bit by bit, since the last bit may decide a split. */
export function takeMoments(
  from: Float64Array,
  at: number,
  other: Float64Array,
  otherAt: number,
): void {
  const own = from[at + COUNT]
  const less = other[otherAt + COUNT]
  const left = own - less
  if (left > 0) {
    from[at + MEAN] = (own * from[at + MEAN] - less * other[otherAt + MEAN]) / left
    from[at + COUNT] = left
  } else {
    from[at + COUNT] = 0
    from[at + MEAN] = 0
  }
  const rest = from[at + COUNT]
  const apart = from[at + MEAN] - other[otherAt + MEAN]
  const total = rest + less
  from[at + SPREAD] =
    from[at + SPREAD] -
    other[otherAt + SPREAD] -
    (total === 0 ? 0 : (apart * apart * rest * less) / total)
}

/** With n - 1; 0 of at most one. */
export function variance(of: Float64Array, at: number): number {
  return of[at + COUNT] > 1 ? of[at + SPREAD] / (of[at + COUNT] - 1) : 0
}
