// Bandits: what chooses an arm and learns from its reward.
import type { BanditFactory } from '../../contracts/learner.ts'
import type { BanditOptions } from '../bandits/base-bandit.ts'
import { EpsilonGreedy } from '../bandits/epsilon-greedy.ts'
import { LinUcb, type LinUcbOptions } from '../bandits/lin-ucb.ts'
import { Thompson, type ThompsonOptions } from '../bandits/thompson.ts'
import { Ucb, type UcbOptions } from '../bandits/ucb.ts'
import { banditOf } from '../factory.ts'

/**
 * The arm that has earned most, but for a share of choices by chance.
 * @example
 * bandit(epsilonGreedy({ epsilon: 0.05 }), { actions: ['plain', 'picture', 'video'] })
 */
export function epsilonGreedy(options: BanditOptions = {}): BanditFactory {
  return banditOf('epsilon-greedy', (size) => new EpsilonGreedy(size, options))
}

/**
 * The arm that could be best, as far as is known. For rewards of [0, 1].
 * @example
 * bandit(ucb({ epsilon: 0.1 }), { actions: ['plain', 'picture', 'video'] })
 */
export function ucb(options: UcbOptions = {}): BanditFactory {
  return banditOf('ucb', (size) => new Ucb(size, options))
}

/**
 * Each arm as often as it is probably the best.
 * @example
 * bandit(thompson(), { actions: ['plain', 'picture', 'video'] })
 */
export function thompson(options: ThompsonOptions = {}): BanditFactory {
  return banditOf('thompson', (size) => new Thompson(size, options))
}

/**
 * The arm that could be best in a context, where rewards are weighted sums of the context.
 * @example
 * bandit(pipe(standardScaler(), linUcb({ epsilon: 0.1 })), { actions: ['none', 'mail', 'call'] })
 */
export function linUcb(options: LinUcbOptions = {}): BanditFactory {
  return banditOf('lin-ucb', (size) => new LinUcb(size, options))
}
