// The schema of a choice: an action and its propensity. Made here, because no vendor's is needed to say it.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { layoutOf, type NativeLayout } from './native-layout.ts'
import { ANY_NUMBER, ANY_TEXT, required } from './native-shape.ts'

/** What is predicted where an action is chosen. */
export interface Choice<Action extends string> {
  /** One of those that are stated. */
  readonly action: Action
  /** How probable it was that this action is chosen, above 0 to 1. */
  readonly propensity: number
}

export const CHOICE_VENDOR = 'millrace'

export function choiceSchema<const Action extends string>(
  actions: readonly Action[],
): StandardSchemaV1<unknown, Choice<Action>> {
  return {
    '~standard': {
      version: 1,
      vendor: CHOICE_VENDOR,
      validate: (value) => {
        const given: Readonly<Record<string, unknown>> =
          typeof value === 'object' && value !== null ? { ...value } : {}
        const action = actions.find((each) => each === given.action)
        if (action === undefined)
          return { issues: [{ message: `must be one of ${actions.join(', ')}`, path: ['action'] }] }
        const { propensity } = given
        if (typeof propensity !== 'number' || !(propensity > 0 && propensity <= 1))
          return { issues: [{ message: 'must be above 0 and at most 1', path: ['propensity'] }] }
        return { value: { action, propensity } }
      },
    },
  }
}

/** A bandit gives nothing but its actions, so that any text fits. */
export function choiceLayout(): NativeLayout {
  return layoutOf(() =>
    required({
      kind: 'object',
      fields: [
        { name: 'action', ...required({ kind: 'string', text: ANY_TEXT }) },
        { name: 'propensity', ...required({ kind: 'number', number: ANY_NUMBER }) },
      ],
      others: 'drop',
    }),
  )
}
