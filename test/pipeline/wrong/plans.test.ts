import { describe } from 'vitest'
import { stream, topic } from '../../../src/index.ts'
import { planOf } from '../../../src/pipeline/compile-plan.ts'
import { Payment, scoring, start } from '../shop.ts'
import { refuses } from './wrong.ts'

const out = topic('out')
const body = ({ event }: { event: { id: string } }): string => event.id
const otherPayments = stream('payments', {
  source: topic('others'),
  schema: Payment,
  key: (p) => p.card,
  time: (p) => p.at,
})
const other = otherPayments.features('o', { define: (f) => ({ o: f.count({ over: '1h' }) }) })

describe('a plan that is wrong is refused', () => {
  refuses([
    [
      'a pipeline that does nothing',
      () => planOf(start),
      "pipeline 'scoring': a pipeline must do something; found features at most; add .predict, .emit, .when or .every",
    ],
    [
      'two streams of one name',
      () => planOf(start.features(other, { by: (p) => p.shop }).emit(out, body)),
      "two streams must not have one name; found 'payments' twice",
    ],
    [
      'an output that is read',
      () => planOf(scoring.emit(topic('chargebacks'), body)),
      "a topic must have one use; found 'chargebacks' as the source of 'chargebacks' and as an output of .emit; name another topic for one of them",
    ],
    [
      'an output into the late events',
      () => planOf(scoring.emit(topic('chargebacks.late'), body)),
      "found 'chargebacks.late' as the late events of 'chargebacks' and as an output of .emit",
    ],
  ])
})
