// Bandits: what chooses an arm and learns from its reward.
import type { Bandit } from '../../contracts/bandit.ts'
import type { BanditOptions } from '../bandits/base-bandit.ts'
import { EpsilonGreedy } from '../bandits/epsilon-greedy.ts'
import { LinUcb, type LinUcbOptions } from '../bandits/lin-ucb.ts'
import { Thompson, type ThompsonOptions } from '../bandits/thompson.ts'
import { Ucb, type UcbOptions } from '../bandits/ucb.ts'

/**
 * The arm that has earned most, but for a share of choices by chance.
 * @example
 * epsilonGreedy({ arms: 3, epsilon: 0.05 })
 */
export function epsilonGreedy(options: BanditOptions): Bandit {
  return new EpsilonGreedy(options)
}

/**
 * The arm that could be best, as far as is known. For rewards of [0, 1].
 * @example
 * ucb({ arms: 3 })
 */
export function ucb(options: UcbOptions): Bandit {
  return new Ucb(options)
}

/**
 * Each arm as often as it is probably the best.
 * @example
 * thompson({ arms: 3 })
 */
export function thompson(options: ThompsonOptions): Bandit {
  return new Thompson(options)
}

/**
 * The arm that could be best in a context, where rewards are weighted sums of the context.
 * @example
 * linUcb({ arms: 3, features: 5 })
 */
export function linUcb(options: LinUcbOptions): Bandit {
  return new LinUcb(options)
}
