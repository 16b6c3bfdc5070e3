// Which rows of columns are written.

/** Rows to take: `count` of them, at `rows[from + i]`, or at `from + i` where there is no list. */
export interface Selection {
  readonly rows: Int32Array | undefined
  readonly from: number
  readonly count: number
}

/** The row of the columns that is the i-th taken. */
export function rowAt({ rows, from }: Selection, i: number): number {
  return rows === undefined ? from + i : rows[from + i]
}

/** Whether the rows that two selections of equal length take are equal, bit for bit but for the payload of NaN. */
export function same(a: Float64Array, ofA: Selection, b: Float64Array, ofB: Selection): boolean {
  const { count } = ofA
  if (count === 0) return true
  // Most columns differ at once: a look into the middle spares the walk over what begins alike.
  const middle = count >> 1
  if (!Object.is(a[rowAt(ofA, middle)], b[rowAt(ofB, middle)])) return false
  for (let i = 0; i < count; i++) {
    const left = ofA.rows === undefined ? a[ofA.from + i] : a[ofA.rows[ofA.from + i]]
    const right = ofB.rows === undefined ? b[ofB.from + i] : b[ofB.rows[ofB.from + i]]
    if (!Object.is(left, right)) return false
  }
  return true
}
