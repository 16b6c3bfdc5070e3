// Which values are read from their state without a call: a call that gives a double makes an object of it, a row and feature.
import type { Monoid } from '../contracts/aggregate.ts'
import { count } from './count.ts'
import { mean } from './mean.ts'
import { share } from './share.ts'
import { sum } from './sum.ts'

/** Doubles of the state: the value is `state[of]`, or `state[of] / state[by]`, and none (NaN) where `state[by]` is 0. */
export interface DirectRead {
  readonly of: number
  readonly by: number | undefined
}

const WHOLE: DirectRead = { of: 0, by: undefined }
const QUOTIENT: DirectRead = { of: 1, by: 0 }

/** Their `value` is this, bit for bit. */
export const DIRECT_READS: ReadonlyMap<Monoid, DirectRead> = new Map<Monoid, DirectRead>([
  [count, WHOLE],
  [sum, WHOLE],
  [mean, QUOTIENT],
  [share, QUOTIENT],
])
