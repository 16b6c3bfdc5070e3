// What each aggregate is, by plain arithmetic over the events of a window: it shares nothing with `src/features`.
import type { WindowAggregate } from '../contracts/aggregate.ts'

/** An event that has a value, and the value. */
export interface Valued {
  readonly time: number
  readonly value: unknown
}

/** @returns undefined for none. */
export function aggregated(
  aggregate: WindowAggregate,
  events: readonly Valued[],
  { from, to }: { readonly from: number; readonly to: number },
): unknown {
  const { name, variant = '' } = aggregate
  const values = events.map(({ value }) => value)
  const numbers = values.map(Number)
  const total = numbers.reduce((sum, number) => sum + number, 0)
  const count = numbers.length
  if (name === 'count') return count
  if (name === 'rate') return (count * Number(variant)) / (to - from)
  if (name === 'sum') return total
  if (name === 'distinct') return new Set(values).size
  if (name === 'topK') return mostFrequent(values, Number(variant))
  if (count === 0) return undefined
  switch (name) {
    case 'first':
      return values[0]
    case 'mean':
    case 'share':
      return total / count
    case 'min':
      return Math.min(...numbers)
    case 'max':
      return Math.max(...numbers)
    case 'rms':
      return Math.sqrt(numbers.reduce((sum, number) => sum + number * number, 0) / count)
    case 'quantile':
      return numbers.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(Number(variant) * count) - 1)]
    case 'ewma':
      return decayed(events, Number(variant))
    case 'std':
    case 'variance': {
      if (count < 2) return undefined
      const mean = total / count
      const squares = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0)
      return name === 'std' ? Math.sqrt(squares / (count - 1)) : squares / (count - 1)
    }
    default:
      return ofUser(aggregate, events, { from, to })
  }
}

/** An aggregate of the user: one event after the other, never merged. */
function ofUser(
  aggregate: WindowAggregate,
  events: readonly Valued[],
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  if ('list' in aggregate) throw new RangeError(`the oracle knows no aggregate '${aggregate.name}'`)
  const state = new Float64Array(aggregate.width)
  aggregate.empty(state, 0)
  for (const { time, value } of events) aggregate.add(state, 0, Number(value), time)
  const value = aggregate.value(state, 0, from, to)
  return Number.isNaN(value) ? undefined : value
}

function decayed(events: readonly Valued[], halfLifeMs: number): number {
  const newest = events[events.length - 1].time
  let weights = 0
  let sum = 0
  for (const { time, value } of events) {
    const weight = 2 ** ((time - newest) / halfLifeMs)
    weights += weight
    sum += weight * Number(value)
  }
  return sum / weights
}

/** Of equally frequent ones the one that was there first. */
function mostFrequent(values: readonly unknown[], k: number): unknown[] {
  const counts = new Map<unknown, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, k)
    .map(([value]) => value)
}
