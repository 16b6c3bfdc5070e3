import { describe, expect, it } from 'vitest'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { labelCounts } from '../../src/runner/label-counts.ts'
import { watching } from '../testing/sensors.ts'

const plan = planOf(watching)
const joins = { predictions: 90, joined: 50, expired: 20, repeated: 5, revised: 1 }

describe('the counts of labels', () => {
  it('take predictions on their way to the join for waiting ones', () => {
    const stages = { predictions: 102, unpredicted: 2 }
    expect(labelCounts(plan, { stages, joins })).toMatchObject({
      judged: 100,
      pending: 25,
      repeated: 5,
    })
  })

  it('leave out the predictions of models without labels', () => {
    const [stage] = plan.stages
    const models = [...stage.models, { ...stage.models[0], name: 'other', labels: undefined }]
    const two = { ...plan, stages: [{ ...stage, models }] }
    const stages = { predictions: 204, unpredicted: 4 }
    expect(labelCounts(two, { stages, joins })).toMatchObject({ judged: 90, pending: 15 })
  })

  it('are none for a pipeline without labels', () => {
    const [stage] = plan.stages
    const bare = { ...plan, stages: [{ ...stage, models: [] }] }
    expect(labelCounts(bare, { stages: {}, joins: {} })).toBeUndefined()
  })
})
