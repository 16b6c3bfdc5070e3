// Visits for which an offer is chosen, and what the offers earned.
import { z } from 'zod'
import { bandit, model, pipeline, stream, topic, type OutputOf } from '../../src/index.ts'
import { linUcb, minMaxScaler, pipe } from '../../src/learning/index.ts'
import { events, type Step } from '../../src/testing/index.ts'

export const visits = stream('visits', {
  source: topic('visits'),
  schema: z.object({ id: z.string(), visitor: z.string(), at: z.int(), spent: z.number() }),
  key: (visit) => visit.visitor,
  time: (visit) => visit.at,
  idle: 'never',
})

export const sales = stream('sales', {
  source: topic('sales'),
  schema: z.object({ visit: z.string(), at: z.int(), earned: z.number() }),
  key: (sale) => sale.visit,
  time: (sale) => sale.at,
  idle: 'never',
})

export const visitor = visits.features('visitor', {
  define: (f) => ({
    spent: f.value((visit) => visit.spent),
    visits1h: f.count({ over: '1h' }),
  }),
})

export const ACTIONS = ['none', 'mail', 'call'] as const
export const FEATURES = ['spent'] as const
export const PERIOD_MS = 600_000
export const SEED = 7
export const EPSILON = 0.2

export const offer = model('offer', {
  of: visits,
  input: [visitor],
  runtime: bandit(pipe(minMaxScaler(), linUcb({ epsilon: EPSILON })), {
    actions: ACTIONS,
    inputs: FEATURES,
    seed: SEED,
    snapshot: '10m',
    wait: 'forever',
  }),
  labels: {
    from: sales,
    by: (sale) => sale.visit,
    of: (visit) => visit.id,
    within: '30m',
    label: (sale) => sale.earned,
    otherwise: 0,
  },
})

/** What is said of a visit: known by its type, without a cast. */
export type Offer = OutputOf<typeof offer>

export const offering = pipeline('offering')
  .from(visits)
  .features(visitor)
  .predict(offer)
  .emit(topic('offers'), ({ event, prediction: { action, propensity } }) => ({
    visit: event.id,
    action,
    propensity,
  }))

export const START = Date.UTC(2026, 0, 5, 12)
export const VISIT_MS = 20_000

export interface Visit {
  readonly id: string
  readonly visitor: string
  readonly at: number
  readonly spent: number
}

export interface Sale {
  readonly visit: string
  readonly at: number
  readonly earned: number
}

/** A visit each 20 s, of someone who spends much or little. */
export function visitsOf(count: number): Visit[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `v${i}`,
    visitor: `p${i % 5}`,
    at: START + i * VISIT_MS,
    spent: i % 3 === 0 ? 1 : 0,
  }))
}

/** Mails pay where much is spent, calls where little is. */
export function earned(action: string, { spent }: Visit): number {
  if (action === 'mail') return spent === 1 ? 1 : 0.1
  return action === 'call' ? (spent === 1 ? 0.1 : 0.8) : 0.3
}

/** A sale two minutes after each visit that has one. */
export function salesOf(of: readonly Visit[], earns: (visit: Visit, i: number) => number): Sale[] {
  return of.map((visit, i) => ({
    visit: visit.id,
    at: visit.at + 120_000,
    earned: earns(visit, i),
  }))
}

export function season(of: readonly Visit[], sold: readonly Sale[]): Step[] {
  return [events(visits, of), events(sales, sold)]
}
