// What a pipeline's receipts are found by must be legible: it is no field that its streams redact.
import type { KeySelector } from '../contracts/selector.ts'
import { refuse } from './check.ts'
import type { FlowDefinition } from './definitions.ts'
import type { Plan } from './plan.ts'
import { originsOf, streamNamed } from './plan-streams.ts'

type Streams = Pick<Plan, 'from' | 'streams' | 'derived'>

/** @throws DefinitionError */
export function checkRedact({ part, predicts }: FlowDefinition, plan: Streams): void {
  const redact = originsOf(plan, plan.from).flatMap((stream) => stream.redact ?? [])
  if (redact.length === 0) return
  const check = (what: string, { parts }: KeySelector): void => {
    const hidden = redact.find((path) =>
      parts?.some((field) => `${field.join('.')}.`.startsWith(`${path}.`)),
    )
    if (parts !== undefined && hidden === undefined) return
    refuse(
      part,
      `${what} must be fields that no stream redacts, because receipts are found by it; found ${hidden === undefined ? 'a function that is no plain field' : `'${hidden}'`}; take a token in its place`,
    )
  }
  check('the key of the predicted stream', streamNamed(plan, plan.from).key)
  for (const { model } of predicts)
    if (model.labels !== undefined)
      check(`labels.of of model '${model.name}'`, model.labels.plan.of)
}
