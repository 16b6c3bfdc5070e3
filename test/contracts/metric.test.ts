// The contract suite on every metric there is.
import { confusion } from '../../src/learning/metrics/confusion.ts'
import { probability } from '../../src/learning/metrics/probability.ts'
import { ranking } from '../../src/learning/metrics/ranking.ts'
import { regression } from '../../src/learning/metrics/regression.ts'
import { metricContract } from './metric-contract.ts'

metricContract('confusion', {
  make: () => confusion({ classes: 3 }),
  other: () => confusion({ classes: 4 }),
})
metricContract('probability', {
  make: () => probability({ classes: 3 }),
  other: () => probability({ classes: 3, floor: 1e-9 }),
})
metricContract('probability of two classes', {
  make: () => probability(),
  other: () => probability({ floor: 1e-9 }),
})
metricContract('ranking', {
  make: () => ranking({ bins: 8 }),
  other: () => ranking({ bins: 9 }),
})
metricContract('regression', {
  make: () => regression(),
  other: () => ({ ...regression(), kind: 'another' }),
})
