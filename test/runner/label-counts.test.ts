import { describe, expect, it } from 'vitest'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { labelCounts } from '../../src/runner/label-counts.ts'
import { watching } from '../testing/sensors.ts'

const plan = planOf(watching)
const [last] = plan.stages
const [model] = last.models
const stage = { rows: 102, predictions: 102, unpredicted: 2 }
const joins = { joined: 50, expired: 20, repeated: 5, revised: 1 }

describe('the counts of labels', () => {
  it('take predictions on their way to the join for waiting ones', () => {
    const counts = labelCounts(plan, { stage, join: () => joins })
    expect(counts.get(model.name)).toMatchObject({ judged: 100, pending: 25, repeated: 5 })
  })

  it('are those of each model, which all predict the same rows, and leave out models without labels', () => {
    const more = [
      { ...model, name: 'other' },
      { ...model, name: 'bare', labels: undefined },
    ]
    const three = { ...plan, stages: [{ ...last, models: [...last.models, ...more] }] }
    const join = (name: string): Record<string, number> =>
      name === 'other' ? { joined: 99, orphaned: 3 } : joins
    const counts = labelCounts(three, { stage, join })
    expect([...counts.keys()]).toEqual([model.name, 'other'])
    expect(counts.get(model.name)).toMatchObject({ judged: 100, joined: 50, pending: 25 })
    expect(counts.get('other')).toMatchObject({ judged: 100, joined: 99, orphaned: 3, pending: 1 })
  })

  it('are none for a pipeline without labels', () => {
    const bare = { ...plan, stages: [{ ...last, models: [] }] }
    expect(labelCounts(bare, { stage: {}, join: () => ({}) }).size).toBe(0)
  })
})
