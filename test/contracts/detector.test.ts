// The contract suite on every drift detector there is.
import { Adwin } from '../../src/learning/drift/adwin.ts'
import { Ddm } from '../../src/learning/drift/ddm.ts'
import { Eddm } from '../../src/learning/drift/eddm.ts'
import { Fhddm } from '../../src/learning/drift/fhddm.ts'
import { HddmA } from '../../src/learning/drift/hddm-a.ts'
import { HddmW } from '../../src/learning/drift/hddm-w.ts'
import { Kswin } from '../../src/learning/drift/kswin.ts'
import { PageHinkley } from '../../src/learning/drift/page-hinkley.ts'
import { detectorContract } from './detector-contract.ts'

detectorContract('adwin', {
  make: () => new Adwin(),
  other: () => new Adwin({ delta: 0.01 }),
  budgetOn: 'numbers',
})
detectorContract('page-hinkley', {
  make: () => new PageHinkley(),
  other: () => new PageHinkley({ threshold: 10 }),
  budgetOn: 'bits',
})
detectorContract('ddm', {
  make: () => new Ddm(),
  other: () => new Ddm({ drift: 2.5 }),
  budgetOn: 'bits',
})
detectorContract('eddm', {
  make: () => new Eddm(),
  other: () => new Eddm({ warmUp: 10 }),
  budgetOn: 'bits',
})
detectorContract('hddm-a', {
  make: () => new HddmA(),
  other: () => new HddmA({ twoSided: true }),
  budgetOn: 'bits',
})
detectorContract('hddm-w', {
  make: () => new HddmW(),
  other: () => new HddmW({ lambda: 0.1 }),
  budgetOn: 'bits',
})
detectorContract('fhddm', {
  make: () => new Fhddm(),
  other: () => new Fhddm({ window: 50 }),
  budgetOn: 'bits',
})
detectorContract('kswin', {
  make: () => new Kswin(),
  other: () => new Kswin({ alpha: 0.01 }),
  budgetOn: 'numbers',
})
