// The contract suite on every bandit there is.
import { EpsilonGreedy } from '../../src/learning/bandits/epsilon-greedy.ts'
import { LinUcb } from '../../src/learning/bandits/lin-ucb.ts'
import { Thompson } from '../../src/learning/bandits/thompson.ts'
import { Ucb } from '../../src/learning/bandits/ucb.ts'
import { banditContract } from './bandit-contract.ts'

banditContract('epsilon-greedy', {
  make: (arms) => new EpsilonGreedy({ arms }),
  other: (arms) => new EpsilonGreedy({ arms, epsilon: 0.2 }),
})
banditContract('ucb', {
  make: (arms) => new Ucb({ arms, exploration: 0.5 }),
  other: (arms) => new Ucb({ arms }),
})
banditContract('ucb that also explores by chance', {
  make: (arms) => new Ucb({ arms, exploration: 0.5, epsilon: 0.1 }),
  other: (arms) => new Ucb({ arms }),
})
banditContract('thompson', {
  make: (arms) => new Thompson({ arms }),
  other: (arms) => new Thompson({ arms, deviation: 0.5 }),
})
banditContract('lin-ucb', {
  make: (arms) => new LinUcb({ arms, features: 3, alpha: 0.2 }),
  other: (arms) => new LinUcb({ arms, features: 3 }),
})
