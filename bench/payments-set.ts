// The windows of the job "fraud-windows" as the plan of a set, for what measures its state alone.
import type { Selector } from '../src/contracts/selector.ts'
import { count } from '../src/features/count.ts'
import { mean } from '../src/features/mean.ts'
import type { FeaturePlan, SetPlan } from '../src/pipeline/plan.ts'

const DAY_MS = 86_400_000

function selector(name: string): Selector {
  return { call: () => undefined, text: `(x) => x.${name}`, path: [name], chained: [] }
}

/** Counts and means of amounts over 1, 7 and 30 days; its inputs are the amount, three times. */
export function paymentsSet(): SetPlan {
  const features = [1, 7, 30].flatMap((days): FeaturePlan[] => {
    const window = { overMs: days * DAY_MS, delayMs: 0, hopMs: undefined }
    const common = { kind: 'window', takes: 'number', length: undefined, gives: 'number' } as const
    return [
      {
        ...common,
        name: `count${days}d`,
        aggregate: count,
        of: undefined,
        window,
        otherwise: undefined,
      },
      {
        ...common,
        name: `mean${days}d`,
        aggregate: mean,
        of: selector('amount'),
        window,
        otherwise: 0,
      },
    ]
  })
  const key = { ...selector('customer'), parts: [['customer']], tuple: false }
  return {
    name: 'customer',
    stream: 'payments',
    key,
    keepMs: undefined,
    budget: undefined,
    features,
  }
}
