// Which aggregates are sums, so that many of them merge in one pass over their doubles.
import type { Monoid } from '../contracts/aggregate.ts'
import { count } from './count.ts'
import { mean } from './mean.ts'
import { rms } from './rms.ts'
import { sum } from './sum.ts'

/** Their `merge` adds to each double of their state that of the other, and does nothing else. */
export const SUMS: ReadonlySet<Monoid> = new Set<Monoid>([count, mean, sum, rms])
