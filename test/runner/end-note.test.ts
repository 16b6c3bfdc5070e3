import { expect, it } from 'vitest'
import { planOf } from '../../src/pipeline/compile-plan.ts'
import { endNote } from '../../src/runner/end-note.ts'
import scoring from '../../examples/payments/payments.ts'

const plan = planOf(scoring)
const source = (name: string, records: number, ended: boolean) => ({
  stage: `source.${name}`,
  kind: 'source' as const,
  counts: { records },
  progress: 0,
  ended,
  paused: undefined,
})

it('names the topics that have not ended, and says which are empty', () => {
  const stages = [source('payments', 4, false), source('chargebacks', 0, false)]
  expect(endNote({ stages }, plan)).toBe(
    'waits for the end of payments, chargebacks (empty): millrace topics write TOPIC --end says it',
  )
})

it('says nothing where all have ended', () => {
  const stages = [source('payments', 4, true), source('chargebacks', 0, true)]
  expect(endNote({ stages }, plan)).toBeUndefined()
})
