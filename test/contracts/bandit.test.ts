// The contract suite on every bandit there is.
import { EpsilonGreedy } from '../../src/learning/bandits/epsilon-greedy.ts'
import { LinUcb } from '../../src/learning/bandits/lin-ucb.ts'
import { Thompson } from '../../src/learning/bandits/thompson.ts'
import { Ucb } from '../../src/learning/bandits/ucb.ts'
import { banditContract } from './bandit-contract.ts'

banditContract('epsilon-greedy', {
  make: (size) => new EpsilonGreedy(size),
  other: (size) => new EpsilonGreedy(size, { epsilon: 0.2 }),
})
banditContract('ucb', {
  make: (size) => new Ucb(size, { exploration: 0.5 }),
  other: (size) => new Ucb(size),
})
banditContract('ucb that also explores by chance', {
  make: (size) => new Ucb(size, { exploration: 0.5, epsilon: 0.1 }),
  other: (size) => new Ucb(size),
})
banditContract('thompson', {
  make: (size) => new Thompson(size),
  other: (size) => new Thompson(size, { deviation: 0.5 }),
})
banditContract('lin-ucb', {
  make: (size) => new LinUcb(size, { alpha: 0.2 }),
  other: (size) => new LinUcb(size),
  manyFeatures: 200,
})
banditContract('lin-ucb without an intercept', {
  make: (size) => new LinUcb(size, { alpha: 0.2, intercept: false, epsilon: 0.1 }),
  other: (size) => new LinUcb(size, { alpha: 0.2, epsilon: 0.1 }),
  manyFeatures: 200,
})
