// The contract suite on every generator there is.
import { agrawal } from '../../src/learning/generators/agrawal.ts'
import { conceptDrift, recurring } from '../../src/learning/generators/concept-drift.ts'
import { friedman } from '../../src/learning/generators/friedman.ts'
import { hyperplane } from '../../src/learning/generators/hyperplane.ts'
import { led } from '../../src/learning/generators/led.ts'
import { radialBasis } from '../../src/learning/generators/radial-basis.ts'
import { randomTree } from '../../src/learning/generators/random-tree.ts'
import { sea } from '../../src/learning/generators/sea.ts'
import { stagger } from '../../src/learning/generators/stagger.ts'
import { generatorContract } from './generator-contract.ts'

generatorContract('sea', {
  make: (seed) => sea({ concept: 2, seed }),
  bad: [() => sea({ concept: 4 }), () => sea({ noise: 1.1 }), () => sea({ concept: 0.5 })],
})
generatorContract('stagger', {
  make: (seed) => stagger({ concept: 1, seed }),
  bad: [() => stagger({ concept: 3 })],
})
generatorContract('agrawal', {
  make: (seed) => agrawal({ concept: 6, seed }),
  bad: [
    () => agrawal({ concept: 0 }),
    () => agrawal({ concept: 11 }),
    () => agrawal({ perturbation: -1 }),
  ],
})
generatorContract('led', {
  make: (seed) => led({ swapped: 3, seed }),
  bad: [
    () => led({ swapped: 8 }),
    () => led({ irrelevant: 2, swapped: 3 }),
    () => led({ noise: Number.NaN }),
  ],
})
generatorContract('hyperplane', {
  make: (seed) => hyperplane({ change: 0.001, seed }),
  bad: [
    () => hyperplane({ features: 1 }),
    () => hyperplane({ features: 3, changing: 4 }),
    () => hyperplane({ change: Infinity }),
  ],
})
generatorContract('random-tree', {
  make: (seed) => randomTree({ classes: 3, seed }),
  bad: [
    () => randomTree({ classes: 1 }),
    () => randomTree({ numeric: 0, nominal: 0 }),
    () => randomTree({ depth: 13 }),
  ],
})
generatorContract('radial-basis', {
  make: (seed) => radialBasis({ classes: 3, speed: 0.001, seed }),
  bad: [
    () => radialBasis({ clusters: 0 }),
    () => radialBasis({ clusters: 3, moving: 4 }),
    () => radialBasis({ speed: 1 }),
  ],
})
generatorContract('friedman', {
  make: (seed) => friedman({ concept: 1, seed }),
  bad: [() => friedman({ concept: 3 }), () => friedman({ deviation: -1 })],
})
generatorContract('concept-drift', {
  make: (seed) =>
    conceptDrift({ from: sea({ seed }), to: sea({ concept: 2, seed }), at: 1000, over: 300, seed }),
  bad: [
    () => conceptDrift({ from: sea(), to: stagger(), at: 5 }),
    () => conceptDrift({ from: randomTree(), to: randomTree({ classes: 3 }), at: 5 }),
    () => conceptDrift({ from: sea(), to: sea(), at: -1 }),
  ],
})
generatorContract('recurring', {
  make: (seed) =>
    recurring([stagger({ seed }), stagger({ concept: 1, seed })], { every: 300, over: 50, seed }),
  bad: [
    () => recurring([sea()], { every: 5 }),
    () => recurring([sea(), friedman()], { every: 5 }),
    () => recurring([sea(), sea()], { every: 10, over: 6 }),
  ],
})
