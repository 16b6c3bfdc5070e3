// In which calls the rows of a batch are scored. Pure. Ordinary rows go together, up to a limit; rows among which one made
// an earlier call hang go in halves, so that every hang halves the rows that are suspected; rows that hang go in no call.
import type { CallRules, RowPlace } from '../../contracts/model-calls.ts'

/** Rows [from, to), and how they are scored. */
export interface CallRange {
  readonly from: number
  readonly to: number
  /** Whether the model is called for them. */
  readonly called: boolean
}

export interface BatchPlaces {
  readonly rows: number
  readonly partitions: Float64Array
  readonly offsets: Float64Array
}

const ORDINARY = 0
const SUSPECT = 1
const HUNG = 2

/**
 * Ranges that cover all rows of the batch, in order.
 * A call that hangs is always of fewer rows than those suspected before it, unless it is of one row: so the search ends.
 */
export function callRanges(
  places: BatchPlaces,
  rules: Pick<CallRules, 'hung' | 'suspects'>,
  limit: number,
): CallRange[] {
  const ranges: CallRange[] = []
  if (rules.hung.length === 0 && rules.suspects.length === 0) {
    slice(ranges, { from: 0, to: places.rows, limit })
    return ranges
  }
  const states = statesOf(places, rules)
  for (let from = 0, to = 0; from < places.rows; from = to) {
    const state = states[from]
    while (to < places.rows && states[to] === state) to++
    if (state === HUNG) ranges.push({ from, to, called: false })
    // Rows of one call stay neighbours in every batch, so a run of them is never longer than that call was.
    else slice(ranges, { from, to, limit: state === SUSPECT ? Math.ceil((to - from) / 2) : limit })
  }
  return ranges
}

function slice(
  into: CallRange[],
  { from, to, limit }: { from: number; to: number; limit: number },
): void {
  for (let at = from; at < to; at += limit)
    into.push({ from: at, to: Math.min(at + limit, to), called: true })
}

function statesOf(
  { rows, partitions, offsets }: BatchPlaces,
  { hung, suspects }: Pick<CallRules, 'hung' | 'suspects'>,
): Uint8Array {
  const index = new Map<string, number>()
  const add = (places: readonly RowPlace[], state: number): void => {
    for (const [partition, offset] of places) index.set(`${partition}/${offset}`, state)
  }
  add(suspects, SUSPECT)
  add(hung, HUNG)
  const states = new Uint8Array(rows)
  for (let row = 0; row < rows; row++)
    states[row] = index.get(`${partitions[row]}/${offsets[row]}`) ?? ORDINARY
  return states
}
