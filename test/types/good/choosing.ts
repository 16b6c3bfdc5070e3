// Bandits: their choices are of the actions that are written, without `as const` and without a cast.
import { bandit, type Choice, type ModelRuntime } from '../../../src/index.ts'
import { linUcb, pipe, standardScaler, thompson } from '../../../src/learning/index.ts'
import { same, type Equal } from './equal.ts'

type ChoiceOf<Runtime> = Runtime extends ModelRuntime<never, infer Output> ? Output : never

export const offer = bandit(pipe(standardScaler(), linUcb({ epsilon: 0.1 })), {
  actions: ['none', 'mail', 'call'],
  fallback: 'none',
})
same<Equal<ChoiceOf<typeof offer>, Choice<'none' | 'mail' | 'call'>>>()

const PICTURES = ['dog', 'cat'] as const
export const picture = bandit(thompson(), { actions: PICTURES, inputs: ['visits1h'], seed: 3 })
same<Equal<ChoiceOf<typeof picture>['action'], 'dog' | 'cat'>>()
same<Equal<ChoiceOf<typeof picture>['propensity'], number>>()
