// Of the events that say true or false, the share that says true.
import type { Aggregate } from '../contracts/aggregate.ts'
import { mean } from './mean.ts'

/** The state is that of `mean` over 0 and 1, so that the value is exact to one division. The value of nothing is none (NaN). */
export const share: Aggregate = { ...mean, name: 'share', foldsAs: mean }
